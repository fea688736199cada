//! The whole site: each call and page at its own address, what holds for all of them, and what people live through.

mod api;
mod crowds;
mod every;
mod journeys;
mod kit;
mod pages;
mod servers;
mod steps;
