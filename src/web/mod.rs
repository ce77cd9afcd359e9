//! Everything about HTTP that needs no runtime: which requests are ours, what they must pass, what they
//! carry, what is answered, and what the origin is told.

pub mod access;
mod act;
mod admin;
pub mod app;
pub mod assertion;
mod body;
mod browser;
mod check;
pub mod cookie;
mod custom;
pub mod explain;
pub mod fields;
pub mod flow;
pub mod forward;
pub mod gate;
mod guard;
pub mod happening;
pub mod head;
mod headers;
mod hooks;
pub mod identity;
pub mod link_header;
pub mod network;
pub mod not_ready;
pub mod operator;
pub mod paths;
mod problem;
mod question;
pub mod realm;
pub mod reply;
pub mod routes;
mod show;
pub mod site;
mod strict;
pub mod told;
pub mod watch;
