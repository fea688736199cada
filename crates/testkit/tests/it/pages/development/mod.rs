//! What only those who build the site see.

mod serve;
