//! Everything a case says of what sets off what, worked out once.

use demarche_case::Case;
use demarche_table::{Kind, Table};

use crate::dense::{CaseVar, case_var, var_tables};
use crate::excitation::{Effect, Excitation, excitation};
use crate::streams::{StreamEvents, streams};
use crate::studies::{CaseStudy, case_study, study_table};
use crate::triangles::{CaseTriangle, triangles, triangles_table};

/// What a case says of what sets off what.
#[derive(Clone, Debug)]
pub struct Responses {
    /// The streams that the case names, with their events.
    pub streams: Vec<StreamEvents>,
    /// What they set off in each other, or why nothing can be said.
    pub excitation: Result<Excitation, String>,
    /// Hostile acts in the days after each kind of step.
    pub study: Option<CaseStudy>,
    /// The two partners with each third actor that the case names.
    pub triangles: Vec<CaseTriangle>,
    /// The autoregressions of those of them that have dense events.
    pub vars: Vec<CaseVar>,
}

impl Responses {
    /// Works it out.
    pub fn of(case: &Case) -> Self {
        let streams = streams(case);
        let triangles = triangles(case);
        let vars = triangles
            .iter()
            .filter_map(|t| case_var(case, &t.actors, t.periods.unit()))
            .collect();
        Self {
            excitation: excitation(case, &streams),
            study: case_study(case, &streams),
            triangles,
            vars,
            streams,
        }
    }

    /// All of it as tidy tables.
    pub fn tables(&self, case: &Case) -> Vec<Table> {
        let mut tables = vec![
            self.streams_table(case),
            self.effects_table(),
            self.candidates_table(),
            study_table(self.study.as_ref(), &self.streams),
            triangles_table(&self.triangles),
        ];
        tables.extend(var_tables(case, &self.vars));
        tables
    }

    /// The streams, with what is known of each.
    fn streams_table(&self, case: &Case) -> Table {
        let mut table = Table::new(
            "streams",
            "The kinds of events that may set each other off.",
        )
        .column("stream", Kind::Text, "", "Id of the stream.")
        .column("name", Kind::Text, "", "Its name.")
        .column("role", Kind::Text, "", "own, hostile or other.")
        .column(
            "events",
            Kind::Integer,
            "events",
            "Its events with a date that can be used.",
        )
        .column(
            "vague",
            Kind::Integer,
            "events",
            "Those of them known to the month only.",
        )
        .column(
            "left_out",
            Kind::Integer,
            "events",
            "Events with a date too vague.",
        )
        .column("fitted", Kind::Bool, "", "Does it have events enough?")
        .column(
            "baseline",
            Kind::Float,
            "share",
            "Expected share of its events that nothing in the model set off.",
        )
        .column(
            "ks",
            Kind::Float,
            "",
            "Distance of Kolmogorov and Smirnov of its residuals.",
        )
        .column("p", Kind::Float, "", "Its p-value under the model.")
        .column(
            "p_poisson",
            Kind::Float,
            "",
            "The same under the Poisson model.",
        );
        for (i, s) in self.streams.iter().enumerate() {
            let found = self.excitation.as_ref().ok();
            let at = found.and_then(|e| Some((e, e.place_of(i)?)));
            let fit = at.map(|(e, k)| e.fits[k]);
            table.push(vec![
                s.stream.id.as_str().into(),
                s.stream.name.as_str().into(),
                role_name(s.stream.role).into(),
                s.events.len().into(),
                s.events.iter().filter(|e| e.days > 1).count().into(),
                s.left_out.len().into(),
                (s.events.len() >= case.settings.measure.min_events).into(),
                at.map(|(e, k)| e.baseline[k]).into(),
                fit.and_then(|f| f.distance).into(),
                fit.and_then(|f| f.p).into(),
                fit.and_then(|f| f.poisson).into(),
            ]);
        }
        table
    }

    /// The branching matrix, cell by cell.
    fn effects_table(&self) -> Table {
        let mut table = Table::new(
            "responses",
            "What one event of each stream sets off in each other: the branching matrix of an \
             exciting point process.",
        )
        .column("answering", Kind::Text, "", "Stream that answers.")
        .column("answered", Kind::Text, "", "Stream that is answered.")
        .column(
            "set_off",
            Kind::Float,
            "events",
            "Events of the one that one event of the other sets off directly.",
        )
        .column(
            "low",
            Kind::Float,
            "events",
            "Lower end of its 95 % interval.",
        )
        .column("high", Kind::Float, "events", "Upper end.")
        .column(
            "p",
            Kind::Float,
            "",
            "One-sided p-value that nothing is set off.",
        )
        .column(
            "p_bh",
            Kind::Float,
            "",
            "The same, adjusted after Benjamini and Hochberg.",
        )
        .column(
            "total",
            Kind::Float,
            "events",
            "The same with what those set off in turn, all in all.",
        )
        .column(
            "total_low",
            Kind::Float,
            "events",
            "Lower end of its 95 % interval.",
        )
        .column("total_high", Kind::Float, "events", "Upper end.")
        .column(
            "share",
            Kind::Float,
            "share",
            "Expected share of the events of the one that the other set off directly.",
        )
        .column(
            "share_low",
            Kind::Float,
            "share",
            "Lower end of its 95 % interval.",
        )
        .column("share_high", Kind::Float, "share", "Upper end.");
        if let Ok(e) = &self.excitation {
            for (i, &answering) in e.streams.iter().enumerate() {
                for (j, &answered) in e.streams.iter().enumerate() {
                    let (direct, total, share) =
                        (&e.branching[i][j], &e.totals[i][j], &e.shares[i][j]);
                    let low = |e: &Effect| e.interval.map(|i| i.low);
                    let high = |e: &Effect| e.interval.map(|i| i.high);
                    table.push(vec![
                        self.streams[answering].stream.id.as_str().into(),
                        self.streams[answered].stream.id.as_str().into(),
                        direct.value.into(),
                        low(direct).into(),
                        high(direct).into(),
                        direct.p.into(),
                        direct.adjusted.into(),
                        total.value.into(),
                        low(total).into(),
                        high(total).into(),
                        share.value.into(),
                        low(share).into(),
                        high(share).into(),
                    ]);
                }
            }
        }
        table
    }

    /// The models that were compared.
    fn candidates_table(&self) -> Table {
        let mut table = Table::new(
            "response_models",
            "The models of responses that were compared.",
        )
        .column("model", Kind::Text, "", "What it is.")
        .column(
            "delays",
            Kind::Integer,
            "",
            "How many delay densities it has.",
        )
        .column(
            "log_likelihood",
            Kind::Float,
            "nats",
            "Log-likelihood of the whole time.",
        )
        .column(
            "aic",
            Kind::Float,
            "",
            "Akaike's criterion: smaller is better.",
        )
        .column("bic", Kind::Float, "", "The Bayesian criterion.")
        .column(
            "held_out",
            Kind::Float,
            "nats",
            "Log-likelihood of what came after the split, less that of the Poisson model.",
        )
        .column("read", Kind::Bool, "", "Is it the one that is read?");
        if let Ok(e) = &self.excitation {
            for (i, c) in e.candidates.iter().enumerate() {
                table.push(vec![
                    c.name.as_str().into(),
                    c.delays.into(),
                    c.log_likelihood.into(),
                    c.aic.into(),
                    c.bic.into(),
                    c.held_out.into(),
                    (i == e.chosen).into(),
                ]);
            }
        }
        table
    }
}

/// What a role is called in tables.
pub fn role_name(role: demarche_case::StreamRole) -> &'static str {
    match role {
        demarche_case::StreamRole::Own => "own",
        demarche_case::StreamRole::Hostile => "hostile",
        demarche_case::StreamRole::Other => "other",
    }
}
