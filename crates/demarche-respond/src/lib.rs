//! What sets off what: which kinds of events make which others more likely, how much, for how
//! long, and how sure that is.

pub mod dense;
pub mod dyads;
pub mod event_study;
pub mod excitation;
pub mod hawkes;
pub mod matrix;
pub mod multiple;
pub mod ols;
pub mod outlook;
pub mod responses;
pub mod streams;
pub mod studies;
pub mod threads;
pub mod triangle;
pub mod triangles;
pub mod var;
mod words;
