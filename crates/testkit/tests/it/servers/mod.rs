//! Several servers: two of ours, the one that takes our mail, and servers that lack something.

mod broken;
mod hostile_mail;
mod pool;
mod smtp;
mod two_servers;
