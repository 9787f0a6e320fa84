//! What a relation is: panels, indices, phases, shared threats, blocs, coverage.
//!
//! Every measure is a summary of events and says which ones; it knows nothing of how a brief
//! shows it.

mod analysis;
mod blocs;
mod bootstrap;
mod breaks;
mod changepoint;
mod community;
mod compare;
mod correlation;
mod coverage;
mod deliverables;
mod draw;
mod estimate;
mod hedging;
mod indices;
mod layout;
mod ledger;
mod network;
mod panel;
mod phases;
mod polarisation;
mod portfolio;
pub mod portfolios;
pub mod quantile;
mod resample;
mod robustness;
mod select;
mod sides;
mod similarity;
mod span;
#[cfg(test)]
mod testing;

pub use analysis::Analysis;
pub use blocs::{Bloc, BlocMember, BlocOptions, SpanBlocs, blocs, blocs_table};
pub use breaks::{Break, Resampling, judge_breaks};
pub use changepoint::{
    Model, Penalty, Segment, SegmentCosts, SegmentFit, Segmentation, difference_variance,
    negative_binomial, overdispersed_binomial, pearson_dispersion,
};
pub use community::{CommunityOptions, Partition, SignedGraph, adjusted_rand, communities};
pub use compare::{Comparison, comparison};
pub use correlation::spearman;
pub use coverage::{CellPolicy, Coverage, CoverageCell, Planned, ProgrammeArea, coverage};
pub use deliverables::{Deliverable, Deliverables, Delivery, Due, caution, deliverables};
pub use estimate::{Estimate, EventIx, Interval};
pub use hedging::{Hedging, HedgingOptions, hedging, hedging_of_all, hedging_table};
pub use indices::{
    Change, Difference, IndexKind, NO_AREAS, Relationship, areas_known, difference, estimate_cells,
    estimate_columns, indices_table, relationship, relationships, too_few,
};
pub use layout::{LayoutOptions, Tie, layout, layouts_of_spans};
pub use ledger::{Ledger, LedgerRow, ledger};
pub use network::{
    Edge, Network, NetworkOptions, Node, eigenvector_centrality, network, network_edges_table,
    network_nodes_table,
};
pub use panel::{
    Panel, PanelRow, Reading, Reason, Series, Tally, case_periods, excluded_table, place,
};
pub use phases::{
    Family, FamilyBreaks, Phase, PhaseBreak, PhaseOptions, Phases, Quantity,
    breaks_by_family_table, breaks_table, phases, phases_of_share, phases_table,
};
pub use polarisation::{Polarisation, polarisation_of_sides, polarisation_table};
pub use portfolio::{cohen_kappa, s_absolute, s_squared, s_weighted, scott_pi};
pub use robustness::{Holds, Robustness, Variant, robustness};
pub use select::{Act, Merged, Selection, merged_table};
pub use sides::{Camp, camp_of};
pub use similarity::{
    Direction, Similarity, ThirdParty, ThreatOptions, Weighting, cosine, shared_threat,
    similarity_table,
};
pub use span::{Placement, calendar_years, placement, whole_span};
