//! What holds for every entry point alike, and what customers live through.

mod access_matrix;
mod api_keys;
mod bad_input;
mod booking_flow;
mod calendars;
mod crowd;
mod device;
mod journey;
mod kit;
mod legs;
mod limits;
mod objects;
mod parts;
mod passkeys;
mod payment_flow;
mod races;
mod second_factor;
mod sessions;
mod smtp;
mod statements;
mod two_servers;
mod wall_times;
