//! What sets off what: which kinds of events make which others more likely, how much, for how
//! long, and how sure that is.
