//! A model as a file: one JSON object, so that anything can read it.
//!
//! | field | meaning |
//! | --- | --- |
//! | `format` | `demarche-forecast/5` |
//! | `names` | how many entities and acts the model knows, and a hash (FNV-1a) of their names in order: its numbers mean nothing with other names |
//! | `reasons` | the names of the columns of reasons, in order |
//! | `first` | weights of the first look |
//! | `groups` | which groups of single evidence count |
//! | `cheap`, `squares` | which of them count, and the sums of squares of their gradients |
//! | `evidence` | slot, weight and sum of squares of single evidence; those left out are 0 |
//! | `beside`, `alone` | factors beside single evidence and alone: eight tables of rows that were learned |
//! | `rules` | temporal rules, each `[asked, body, walks, hits, confidence, usual]`; ways are twice the number of an act, and one more where it is undergone; the body is `[way]`, `[first, second]` over a third, or `[way, with, answer]` |
//! | `learn_share` | the share of questions that single evidence is learned from |
//! | `until` | the last step that anything was learned from |
//! | `width`, `close` | how many candidates get a first and a closer look |
//! | `trees` | each a list of nodes `[column, bin, value, mean, left]`; column −1 is a leaf, the right child follows the left; at most 255 nodes, and the higher the bin of a column the higher its value, in all trees |
//! | `shapes` | of an additive model, instead of trees: each a column's `[edges, values]` |

use serde::{Deserialize, Serialize};

use crate::ForecastError;
use crate::boost::{Forest, LEAF, MOST_NODES, Node, Tree};
use crate::graph::{EventGraph, Names};
use crate::history::History;
use crate::ranker::{Ranker, Shape};
use crate::reasons::candidates::CHEAP;
use crate::reasons::excite::{Excitation, GROUPS};
use crate::reasons::factors::{Factors, Saved};
use crate::reasons::features::{NAMES, REASONS};
use crate::reasons::rules::{Body, Rule, Rules};

use super::Model;

/// What stands in the file's `format`.
pub const FORMAT: &str = "demarche-forecast/5";

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    names: Known,
    reasons: Vec<String>,
    first: Vec<f32>,
    groups: Vec<bool>,
    cheap: Vec<bool>,
    squares: Vec<f32>,
    evidence: Vec<(u32, f32, f32)>,
    beside: Saved,
    alone: Saved,
    rules: Vec<Ruled>,
    learn_share: f64,
    until: i32,
    width: usize,
    close: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trees: Option<Vec<Vec<Written>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shapes: Option<Vec<(Vec<f32>, Vec<f32>)>>,
}

/// A rule as it is written: asked, body, walks, hits, confidence, usual.
type Ruled = (u32, Vec<u32>, u32, u32, f32, f32);

/// A node as it is written: column, bin, value, mean, left.
type Written = (i32, u8, f32, f32, u32);

#[derive(Serialize, Deserialize, PartialEq)]
struct Known {
    entities: usize,
    acts: usize,
    hash: u64,
}

impl Known {
    fn of(entities: &Names, acts: &Names, first: (usize, usize)) -> Self {
        let names = entities
            .iter()
            .take(first.0)
            .chain(acts.iter().take(first.1));
        let mut hash = 0xCBF2_9CE4_8422_2325_u64;
        for name in names {
            for byte in name.bytes().chain([0xFF]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
            }
        }
        Self {
            entities: first.0,
            acts: first.1,
            hash,
        }
    }
}

impl Model {
    /// The model as a file. `graph` is the one it was learned from.
    pub fn save(&self, graph: &EventGraph) -> String {
        let (trees, shapes) = match &self.ranker {
            Ranker::Trees(forest) => {
                let node = |n: &Node| {
                    let column = if n.column == LEAF {
                        -1
                    } else {
                        n.column.into()
                    };
                    (column, n.bin, n.value, n.mean, n.left)
                };
                let tree = |t: &Tree| t.nodes.iter().map(node).collect();
                (Some(forest.trees().iter().map(tree).collect()), None)
            }
            Ranker::Sum(shapes) => {
                let shape = |s: &Shape| (s.edges.clone(), s.values.clone());
                (None, Some(shapes.iter().map(shape).collect()))
            }
        };
        let file = File {
            format: FORMAT.to_owned(),
            names: Known::of(
                &graph.entities,
                &graph.acts,
                (graph.entities.len(), graph.acts.len()),
            ),
            reasons: NAMES.iter().map(|n| (*n).to_owned()).collect(),
            first: self.first.to_vec(),
            groups: self.groups.to_vec(),
            cheap: self.cheap.to_vec(),
            squares: self.squares.to_vec(),
            evidence: self.excitation.all().collect(),
            beside: self.beside.saved(),
            alone: self.alone.saved(),
            rules: self.rules.all().iter().map(ruled).collect(),
            learn_share: self.learn_share,
            until: self.until,
            width: self.width,
            close: self.close,
            trees,
            shapes,
        };
        serde_json::to_string(&file).unwrap_or_default()
    }

    /// Reads a model. `graph` has the names of the one it was learned from; new ones may have been added
    /// at the end.
    ///
    /// # Errors
    /// If it is not such a file, of this version, whole, and of these names.
    pub fn load(text: &str, graph: &EventGraph) -> Result<Self, ForecastError> {
        let fault = |why: &str| ForecastError::Model(why.to_owned());
        let file: File =
            serde_json::from_str(text).map_err(|e| ForecastError::Model(e.to_string()))?;
        if file.format != FORMAT {
            return Err(ForecastError::Model(format!(
                "its format is {:?}, and {FORMAT} is read here; learn it anew",
                file.format
            )));
        }
        if !file.reasons.iter().eq(NAMES.iter()) {
            return Err(fault(
                "its reasons are not those of this version; learn it anew",
            ));
        }
        let first = (file.names.entities, file.names.acts);
        if first.0 > graph.entities.len()
            || first.1 > graph.acts.len()
            || file.names != Known::of(&graph.entities, &graph.acts, first)
        {
            return Err(fault(
                "it was learned from a graph with other names; learn it anew from this one",
            ));
        }
        let ranker = match (file.trees, file.shapes) {
            (Some(trees), None) => {
                let trees: Option<Vec<Tree>> = trees.into_iter().map(tree).collect();
                let trees = trees.ok_or_else(|| {
                    fault("a tree has a node that leads nowhere, or a column that is not there")
                })?;
                Ranker::Trees(Forest::new(trees).ok_or_else(|| {
                    fault("the trees cut a column at bins whose edges do not rise with them")
                })?)
            }
            (None, Some(shapes)) => {
                let whole = |(edges, values): &(Vec<f32>, Vec<f32>)| {
                    values.len() == edges.len() + 1 && edges.is_sorted()
                };
                if shapes.len() != REASONS || !shapes.iter().all(whole) {
                    return Err(fault("a step function is not whole"));
                }
                let shape = |(edges, values)| Shape { edges, values };
                Ranker::Sum(shapes.into_iter().map(shape).collect())
            }
            _ => return Err(fault("it has to have either trees or shapes")),
        };
        let excitation = Excitation::from_all(&file.evidence)
            .ok_or_else(|| fault("a slot of single evidence is out of range"))?;
        let empty = History::new(&graph.entities, graph.acts.len(), false);
        let factors = |saved| {
            Factors::from_saved(saved, &empty).ok_or_else(|| fault("a row of factors is not whole"))
        };
        let rules: Option<Vec<Rule>> = file.rules.into_iter().map(rule).collect();
        Ok(Self {
            first: <[f32; CHEAP]>::try_from(file.first)
                .map_err(|_| fault("the weights of the first look are not whole"))?,
            excitation,
            beside: factors(&file.beside)?,
            alone: factors(&file.alone)?,
            rules: Rules::new(rules.ok_or_else(|| fault("a rule is not whole"))?),
            cheap: <[bool; CHEAP]>::try_from(file.cheap)
                .map_err(|_| fault("the parts of the first look are not whole"))?,
            squares: <[f32; CHEAP]>::try_from(file.squares)
                .map_err(|_| fault("the squares of the first look are not whole"))?,
            learn_share: file.learn_share,
            until: file.until,
            groups: <[bool; GROUPS]>::try_from(file.groups)
                .map_err(|_| fault("the groups of single evidence are not whole"))?,
            ranker,
            width: file.width.clamp(1, 1 << 20),
            close: file.close.clamp(1, 1 << 20),
        })
    }
}

fn ruled(rule: &Rule) -> Ruled {
    let body = match rule.body {
        Body::One { way } => vec![way],
        Body::Two { first, second } => vec![first, second],
        Body::Named { way, with, answer } => vec![way, with, answer],
    };
    let Rule { asked, walks, .. } = *rule;
    (asked, body, walks, rule.hits, rule.confidence, rule.usual)
}

/// A rule whose body is one of the three, or nothing.
fn rule((asked, body, walks, hits, confidence, usual): Ruled) -> Option<Rule> {
    let body = match *body {
        [way] => Body::One { way },
        [first, second] => Body::Two { first, second },
        [way, with, answer] => Body::Named { way, with, answer },
        _ => return None,
    };
    Some(Rule {
        asked,
        body,
        walks,
        hits,
        confidence,
        usual,
    })
}

/// A tree whose every way ends in a leaf, or nothing.
fn tree(nodes: Vec<Written>) -> Option<Tree> {
    let count = nodes.len();
    let node = |(at, (column, bin, value, mean, left)): (usize, Written)| {
        if column == -1 {
            let column = LEAF;
            return Some(Node {
                column,
                bin,
                value,
                mean,
                left,
            });
        }
        // Children come after their parent, so that no way is a circle.
        let whole = (0..REASONS as i32).contains(&column)
            && left as usize > at
            && (left as usize + 1) < count;
        whole.then_some(Node {
            column: column as u16,
            bin,
            value,
            mean,
            left,
        })
    };
    let nodes: Option<Vec<Node>> = nodes.into_iter().enumerate().map(node).collect();
    nodes
        .filter(|n| (1..=MOST_NODES).contains(&n.len()))
        .map(|nodes| Tree { nodes })
}
