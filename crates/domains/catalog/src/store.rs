//! What is written to the catalog.
