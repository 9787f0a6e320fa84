//! Who an actor of a file is: the contract between rows and the table of actors.

use demarche_read::layout::Party;

/// Who a party is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Named {
    /// Nobody that is known, or nobody at all.
    #[default]
    Nobody,
    /// Always this actor.
    Always(String),
    /// The holder of an office: that actor between those days, both included (counted from
    /// 1970-01-01), else another or nobody.
    Office {
        /// First day, last day, actor.
        terms: Vec<(i32, i32, String)>,
        /// Outside of the terms.
        otherwise: Option<String>,
    },
}

/// Tells who the actors of a file are.
pub trait Resolve: Sync {
    /// Who this party is.
    fn resolve(&self, party: &Party) -> Named;
}
