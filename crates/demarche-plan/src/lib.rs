//! Which steps to take, in which order, with the people there are: choice and schedule, bounds that
//! prove them, and how they hold under uncertainty.

pub mod bottleneck;
pub mod bound;
pub mod changes;
pub mod check;
pub mod counts;
mod decode;
pub mod discover;
pub mod earlier;
pub mod execute;
pub mod feasible;
pub mod futures;
pub mod goals;
pub mod influence;
pub mod instance;
pub mod lake;
pub mod makespan;
pub mod objectives;
pub mod pareto;
pub mod plan;
pub mod prim;
pub mod problem;
pub mod progress;
pub mod psplib;
pub mod replan;
pub mod robust;
pub mod sample;
pub mod scheme;
pub mod search;
pub mod sensitivity;
pub mod steer;
pub mod stress;
pub mod stress_tables;
pub mod sweep;
pub mod tables;
mod uncertain;
pub mod worth;
