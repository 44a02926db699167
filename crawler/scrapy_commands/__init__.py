"""Commands of `scrapy` in this project; Scrapy finds them by the setting COMMANDS_MODULE."""
