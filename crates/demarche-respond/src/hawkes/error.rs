//! What can be wrong with events, models and fits.

use std::fmt;

/// Why a figure of an exciting process cannot be given. Streams are counted from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum HawkesError {
    /// The window has no length, or its ends are not numbers.
    Window {
        /// Start, in days.
        start: f64,
        /// End, in days.
        end: f64,
    },
    /// Days are the resolution, but this is not a whole day.
    NotWholeDay {
        /// What it is: "the start of the window", "a cut".
        what: &'static str,
        /// The number given.
        value: f64,
    },
    /// There are no streams.
    NoStreams,
    /// The time of an event is not a number.
    Time {
        /// Stream.
        stream: usize,
        /// Position in its list.
        at: usize,
    },
    /// An event is before the one ahead of it in the list.
    Unsorted {
        /// Stream.
        stream: usize,
        /// Position in its list.
        at: usize,
    },
    /// An event lies outside the window.
    Outside {
        /// Stream.
        stream: usize,
        /// Its time, in days.
        time: f64,
    },
    /// A stream has fewer events in the window than asked for.
    TooFew {
        /// Stream.
        stream: usize,
        /// How many it has.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A stream has no events in the window.
    Empty {
        /// Stream.
        stream: usize,
    },
    /// A stream that is named does not exist.
    NoSuchStream {
        /// Stream.
        stream: usize,
        /// How many there are.
        streams: usize,
    },
    /// A decay is not a positive number, or too large to compute with.
    Decay {
        /// The decay, per day.
        value: f64,
    },
    /// Two decays are the same or nearly so, and cannot be told apart.
    SameDecays {
        /// One.
        first: f64,
        /// The other.
        second: f64,
    },
    /// The bounds of a decay search are not positive and rising.
    Bounds {
        /// Lower.
        low: f64,
        /// Upper.
        high: f64,
    },
    /// Edges of bins, cuts or steps do not rise, or are not numbers.
    Edges {
        /// What they are of.
        what: &'static str,
    },
    /// A curve of exposure has a negative value or is zero throughout.
    Exposure,
    /// An event happens where the model has no intensity: the exposure is zero there and no
    /// earlier event can have set it off.
    Impossible {
        /// Stream.
        stream: usize,
        /// Its time, in days.
        time: f64,
    },
    /// The parts given do not fit together.
    Shape {
        /// What does not fit.
        what: &'static str,
    },
    /// A parameter is negative or not a number.
    Parameter {
        /// The parameter.
        value: f64,
    },
    /// The iteration did not end.
    NotConverged {
        /// Stream.
        stream: usize,
        /// Steps taken.
        steps: usize,
    },
    /// The process has no finite mean: one event sets off one or more on average.
    Unstable {
        /// Largest absolute eigenvalue of the branching matrix.
        spectral_radius: f64,
    },
    /// A simulation had more events than allowed.
    Exploded {
        /// How many were allowed.
        limit: usize,
    },
    /// The method needs exponential kernels.
    NeedsExponential,
    /// A point in time does not leave data on both sides within the window.
    Split {
        /// The time, in days.
        at: f64,
    },
    /// An option is outside its range.
    Option {
        /// What is wrong.
        what: &'static str,
    },
    /// Too few draws of a bootstrap could be fitted.
    Draws {
        /// How many could.
        fitted: usize,
        /// How many were drawn.
        drawn: usize,
    },
}

impl fmt::Display for HawkesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Window { start, end } => write!(
                f,
                "the window from {start} to {end} has no length: give a start before the end, in days"
            ),
            Self::NotWholeDay { what, value } => write!(
                f,
                "{what} is {value}, not a whole day: give whole days, or use exact times"
            ),
            Self::NoStreams => write!(f, "there are no streams: give at least one"),
            Self::Time { stream, at } => write!(
                f,
                "stream {stream}: the time at position {at} is not a number: remove the event or date it"
            ),
            Self::Unsorted { stream, at } => write!(
                f,
                "stream {stream}: the event at position {at} is before the one ahead of it: sort the times"
            ),
            Self::Outside { stream, time } => write!(
                f,
                "stream {stream}: the event at day {time} is outside the window: widen the window or leave it out"
            ),
            Self::TooFew {
                stream,
                found,
                needed,
            } => write!(
                f,
                "stream {stream}: too few events (n = {found}, at least {needed} needed)"
            ),
            Self::Empty { stream } => write!(
                f,
                "stream {stream} has no events in the window: leave it out or widen its selection"
            ),
            Self::NoSuchStream { stream, streams } => write!(
                f,
                "there is no stream {stream}: there are {streams}, counted from 0"
            ),
            Self::Decay { value } => write!(
                f,
                "a decay of {value} per day cannot be used: give a number above 0 and at most 500"
            ),
            Self::SameDecays { first, second } => write!(
                f,
                "the decays {first} and {second} cannot be told apart: give one of them, or wider apart"
            ),
            Self::Bounds { low, high } => write!(
                f,
                "a decay cannot be sought between {low} and {high}: give rising bounds above 0"
            ),
            Self::Edges { what } => write!(f, "the {what} must be numbers that rise"),
            Self::Exposure => write!(
                f,
                "the exposure must not be negative and must be above 0 somewhere in the window"
            ),
            Self::Impossible { stream, time } => write!(
                f,
                "stream {stream}: an event at day {time}, where exposure is 0 and nothing came before: \
                 correct the exposure or leave the event out"
            ),
            Self::Shape { what } => write!(f, "{what}"),
            Self::Parameter { value } => write!(
                f,
                "a parameter is {value}: levels and branching ratios are numbers of at least 0"
            ),
            Self::NotConverged { stream, steps } => write!(
                f,
                "stream {stream}: no maximum of the likelihood found in {steps} steps: \
                 use fewer decays or a simpler baseline"
            ),
            Self::Unstable { spectral_radius } => write!(
                f,
                "the process is unstable: the spectral radius of the branching matrix is \
                 {spectral_radius:.3}, and must be below 1 for this figure"
            ),
            Self::Exploded { limit } => write!(
                f,
                "more than {limit} events in a simulation: the process is unstable or the limit too low"
            ),
            Self::NeedsExponential => write!(
                f,
                "thinning needs exponential kernels: simulate this process by branching"
            ),
            Self::Split { at } => write!(
                f,
                "day {at} does not split the window: choose one with events of every stream before it \
                 and time after it"
            ),
            Self::Option { what } => write!(f, "{what}"),
            Self::Draws { fitted, drawn } => write!(
                f,
                "only {fitted} of {drawn} simulated records could be fitted: too little data for a bootstrap"
            ),
        }
    }
}

impl std::error::Error for HawkesError {}
