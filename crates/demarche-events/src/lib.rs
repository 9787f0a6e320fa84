//! The event and what it is made of: who did what to whom, on which day, known how exactly.
//!
//! This crate knows nothing of cases, measures or briefs; everything to its right is made of it.

mod bodies;
mod cameo;
mod countries;
mod event;
mod names;
mod period;
mod plover;
mod quad;
mod regions;

pub use bodies::{
    KnownGroup, group_by_icews_name, group_of_body, group_of_organ, known_group, known_groups,
};
pub use cameo::{CameoCode, CameoError, Goldstein, cameo_codes};
pub use countries::{
    Country, Tenure, by_cameo, by_cow, by_cow_ever, by_fips, by_gw, by_gw_ever, by_icews_name,
    by_iso2, by_iso3, countries,
};
pub use event::{Event, Precision};
pub use jiff::civil::Date;
pub use period::{Period, PeriodUnit, Periods};
pub use plover::{PloverError, PloverType, SanctionAs, plover_of};
pub use quad::{QuadClass, QuadScheme};
pub use regions::{part, region, regions};
