"""Commands on an archive; each module holds one and imports what is slow when it runs."""
