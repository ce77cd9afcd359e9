//! The page of a smart link: where it leads, and one button.

use std::borrow::Cow;

use askama::Template;

use crate::kit::time::Time;

use super::{Headed, Kind, Shell, words};

/// A smart link was opened: says where it leads, asks for one press of a button.
#[derive(Template, Debug)]
#[template(path = "smart_link.html")]
pub struct SmartLink<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
    /// The visit id that has to match the ticket cookie's.
    pub visit: &'a str,
    /// The path it leads to.
    pub path: &'a str,
    /// How long it stays open.
    pub until: Time,
    /// When the page is made.
    pub now: Time,
}

impl Headed for SmartLink<'_> {
    fn heading(&self) -> Cow<'_, str> {
        words::SMART_LINK.into()
    }
}
