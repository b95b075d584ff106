"""What is kept: the schema, and a Store whose transactions speak in named sentences."""
