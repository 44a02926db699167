"""Site definitions: one TOML file a site, and their loader."""
