//! Several servers: two of ours, and the one that takes our mail.

mod pool;
mod smtp;
mod two_servers;
