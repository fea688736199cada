//! What holds for every entry point alike.

mod access_matrix;
mod kit;
mod objects;
