//! Checking a document figure by figure: every quantity is bound to a measure where the text
//! says which, computed, and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chancery_model::{Aggregate, Diagnostics, Figure, Figures, Language, Programme, Text, Wanted};
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use serde_json::Value;

use crate::arithmetic::{self, CellFound, Sum};
use crate::binding::{Binder, Bound};
use crate::cited::Resolved;
use crate::compile::Period;
use crate::grammar::grammar;
use crate::located::Located;
use crate::matching::{reduce, skip_spaces};
use crate::quantities::{Kind, Mark, Quantity};
use crate::reading::read;
use crate::source::Source;
use crate::words::{self, SHARE};

/// How a document is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    pub language: Language,
    /// The day for which figures are given where the text names none.
    pub at: Option<Date>,
    /// The time that the document covers.
    pub period: Option<Period>,
    /// Which document it is, where records speak of documents; read from it where none is named.
    pub document: Option<String>,
    /// Whether the records behind each computed value come along.
    pub evidence: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Agrees,
    Differs,
    /// No words tie the quantity to a measure.
    Unbound,
}

/// One quantity of a document.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedQuantity {
    /// The number of the paragraph, where it has one.
    pub paragraph: Option<u32>,
    /// As it is written.
    pub text: String,
    /// First character and the one after the last, counted in characters from 0.
    pub span: [usize; 2],
    pub value: Value,
    /// What is counted; `percent` for a share; a currency's code for money.
    pub unit: Option<String>,
    pub measure: Option<String>,
    pub parameters: Option<BTreeMap<String, Value>>,
    /// What the measure gives, in the same unit.
    pub computed: Option<Value>,
    pub verdict: Verdict,
    /// Whether it is compared with what somebody recorded of this very document, and not with
    /// what the document is about.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    pub evidence_count: Option<u64>,
    /// The journal entries behind the computed value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Arc<[chancery_model::Evidence]>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Text>,
    /// Whether the computed value rests on invented records.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub agrees: usize,
    pub differs: usize,
    pub unbound: usize,
}

/// What a check found in one paragraph that holds figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedParagraph {
    pub paragraph: u32,
    pub quantities: usize,
    /// How many of them are bound; a paragraph is covered when all are.
    pub bound: usize,
}

/// A citation of a record of some register.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedCitation {
    /// The number of the paragraph, where it has one.
    pub paragraph: Option<u32>,
    /// As it is written.
    pub text: String,
    /// First character and the one after the last, counted in characters from 0.
    pub span: [usize; 2],
    /// The register that holds what is cited so.
    pub register: String,
    /// The key of the record; none where the register has no such record, or several.
    pub key: Option<String>,
    /// Whether several records are cited so.
    pub ambiguous: bool,
}

impl CheckedCitation {
    /// How many records it leads to, in words.
    pub fn leads_to(&self) -> &'static str {
        match (&self.key, self.ambiguous) {
            (Some(_), _) => "one record",
            (None, true) => "more than one record",
            (None, false) => "no record",
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// How many numbered paragraphs the document has; where it has none, how many paragraphs.
    pub paragraphs: usize,
    pub quantities: Vec<CheckedQuantity>,
    /// The numbered paragraphs that hold figures.
    pub with_figures: Vec<CheckedParagraph>,
    pub citations: Vec<CheckedCitation>,
    /// What the figures of the document say of each other.
    pub arithmetic: Vec<Sum>,
    pub summary: Summary,
}

impl Checked {
    /// Whether records or the document itself contradict something in it.
    pub fn is_contradicted(&self) -> bool {
        self.summary.differs > 0 || self.arithmetic.iter().any(|sum| !sum.holds)
    }
}

/// Checks a document.
pub fn check(
    programme: &Programme,
    document: &Source,
    options: Options,
    figures: &dyn Figures,
) -> Result<Checked, Diagnostics> {
    let binder = Binder::new(programme, options.language, figures)?;
    let named = options.document.as_deref();
    let located = Located::new(programme, options.language, &document.text, named, figures)?;
    let digits: Vec<char> = grammar(options.language).digits.chars().collect();
    let flows = read(document, options.language);
    let numbered: BTreeSet<u32> = flows.iter().filter_map(|flow| flow.paragraph).collect();
    let paragraphs = if numbered.is_empty() { flows.len() } else { numbered.len() };
    let mut checking =
        Checking { programme, figures, evidence: options.evidence, known: BTreeMap::new() };
    let mut quantities = Vec::new();
    let (mut citations, mut arithmetic, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for flow in &flows {
        let whole = flow.with_heads();
        let (flow, cell) = match &whole {
            Some((whole, cell)) => (whole, Some(cell)),
            None => (flow, None),
        };
        let reduced = reduce(flow.text.iter().copied(), &digits);
        let reading = binder.lexis.read(&reduced, &flow.text);
        let sense = binder.sense(&reading);
        let quantified = reading.marked.iter().filter(|m| matches!(m.mark, Mark::Quantity(_)));
        let numbers: BTreeSet<usize> = quantified.map(|marked| marked.from).collect();
        let written = |from: usize, to: usize| {
            let (from, to) = (reduced.origin[from], reduced.origin[to - 1] + 1);
            let text: String = flow.text[from..to].iter().collect();
            // What stands in the heads of a cell is looked at where it stands.
            let own = cell.is_none_or(|cell| cell.start <= from && to <= cell.end);
            own.then(|| (text, flow.span(from, to)))
        };
        citations.extend(reading.cited.iter().filter_map(|cited| {
            let (text, span) = written(cited.from, cited.to)?;
            let key = match &cited.resolved {
                Resolved::Record(key) => Some(key.clone()),
                Resolved::Several | Resolved::Unknown => None,
            };
            Some(CheckedCitation {
                paragraph: flow.paragraph,
                text,
                span,
                register: cited.register.clone(),
                key,
                ambiguous: cited.resolved == Resolved::Several,
            })
        }));
        match cell {
            Some(cell) => cells.extend(CellFound::new(flow, cell, &reading.marked, written)),
            None => arithmetic.extend(arithmetic::of_text(
                &binder.lexis,
                &reduced.chars,
                &reading.marked,
                flow.paragraph,
                written,
            )),
        }
        for (index, marked) in reading.marked.iter().enumerate() {
            let Mark::Quantity(quantity) = &marked.mark else { continue };
            let Some((text, span)) = written(marked.from, marked.to) else { continue };
            let unit = binder.lexis.unit(&reduced.chars, skip_spaces(&reduced.chars, marked.to));
            let mut stated = false;
            let mut bound = binder.bind(&reading, &sense, index, options.at, options.period);
            if bound.is_none()
                && let Some(paragraph) = flow.paragraph
            {
                let place = (marked.from, marked.to);
                let lexis = &binder.lexis;
                stated = true;
                bound = located.bind(lexis, &reduced.chars, place, &numbers, paragraph, figures)?;
            }
            let checked = checking.checked(quantity, bound, unit)?;
            quantities.push(CheckedQuantity {
                paragraph: flow.paragraph,
                text,
                stated: stated && checked.measure.is_some(),
                span,
                ..checked
            });
        }
    }
    arithmetic.extend(arithmetic::of_tables(&binder.lexis, &cells));
    quantities.sort_by_key(|quantity| quantity.span);
    citations.sort_by_key(|citation| citation.span);
    arithmetic.sort_by_key(|sum| sum.span);
    let count = |verdict| quantities.iter().filter(|quantity| quantity.verdict == verdict).count();
    let summary = Summary {
        agrees: count(Verdict::Agrees),
        differs: count(Verdict::Differs),
        unbound: count(Verdict::Unbound),
    };
    let mut with_figures: Vec<CheckedParagraph> = Vec::new();
    for quantity in &quantities {
        let Some(paragraph) = quantity.paragraph else { continue };
        let bound = usize::from(quantity.verdict != Verdict::Unbound);
        match with_figures.iter_mut().find(|known| known.paragraph == paragraph) {
            Some(known) => {
                known.quantities += 1;
                known.bound += bound;
            }
            None => with_figures.push(CheckedParagraph { paragraph, quantities: 1, bound }),
        }
    }
    with_figures.sort_by_key(|known| known.paragraph);
    Ok(Checked { paragraphs, quantities, with_figures, citations, arithmetic, summary })
}

struct Checking<'a> {
    programme: &'a Programme,
    figures: &'a dyn Figures,
    evidence: bool,
    /// Figures already computed, by measure and parameters.
    known: BTreeMap<(String, String), Figure>,
}

impl Checking<'_> {
    fn checked(
        &mut self,
        quantity: &Quantity,
        bound: Option<Bound>,
        unit: Option<String>,
    ) -> Result<CheckedQuantity, Diagnostics> {
        let unit = match &quantity.kind {
            Kind::Percent => Some("percent".to_owned()),
            Kind::Money(currency) => Some(currency.clone()),
            Kind::Count => unit,
        };
        let mut checked = CheckedQuantity {
            paragraph: None,
            text: String::new(),
            span: [0, 0],
            value: json_number(quantity.value),
            unit,
            measure: None,
            parameters: None,
            computed: None,
            verdict: Verdict::Unbound,
            stated: false,
            evidence_count: None,
            evidence: None,
            cautions: Vec::new(),
            demonstration: false,
        };
        let Some(bound) = bound else { return Ok(checked) };
        let figure = match (self.figure(&bound), &quantity.kind) {
            // Amounts in one currency are not those in another, nor in several.
            (Err(_), Kind::Money(_)) => return Ok(checked),
            (Ok(figure), Kind::Money(currency)) if figure.unit != *currency => return Ok(checked),
            (figure, _) => figure?,
        };
        let ratio = figure.unit == SHARE
            || self
                .programme
                .measures
                .get(&bound.measure)
                .is_some_and(|measure| measure.head.aggregate == Aggregate::Ratio);
        let computed = decimal(words::single(&figure))
            .map(|value| if ratio { value * Decimal::ONE_HUNDRED } else { value });
        // A figure agrees when it rounds to what is written.
        let agrees = computed.is_some_and(|computed| {
            (computed - quantity.value).abs() * Decimal::TWO
                <= quantity.step * rounding(quantity, ratio)
        });
        // Where a caution applies the records may be too few to contradict anybody.
        // Nothing at all contradicts nobody either.
        checked.verdict = match agrees {
            true => Verdict::Agrees,
            false if !figure.tentative && computed.is_some() => Verdict::Differs,
            false => Verdict::Unbound,
        };
        checked.computed = computed.map(|value| {
            json_number(value.round_dp(quantity.step.scale().max(if ratio { 1 } else { 0 })))
        });
        if !ratio {
            checked.unit = Some(figure.unit.clone());
        }
        checked.measure = Some(figure.measure);
        checked.parameters = Some(figure.parameters);
        checked.evidence_count = Some(figure.evidence_count);
        checked.evidence = figure.evidence;
        checked.cautions = figure.cautions;
        checked.demonstration = figure.demonstration > 0;
        Ok(checked)
    }

    fn figure(&mut self, bound: &Bound) -> Result<Figure, Diagnostics> {
        let key =
            (bound.measure.clone(), serde_json::to_string(&bound.parameters).unwrap_or_default());
        if let Some(figure) = self.known.get(&key) {
            return Ok(figure.clone());
        }
        // A document of many figures would else carry the registers many times over.
        let wanted = if self.evidence { Wanted::First(1000) } else { Wanted::Nothing };
        let figure = self.figures.figure(&bound.measure, &bound.parameters, wanted)?;
        self.known.insert(key, figure.clone());
        Ok(figure)
    }
}

/// A count written to its last unit must be exact; all else may be rounded.
fn rounding(quantity: &Quantity, ratio: bool) -> Decimal {
    if quantity.step == Decimal::ONE && !ratio { Decimal::ZERO } else { Decimal::ONE }
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => {
            number.as_i64().map(Decimal::from).or_else(|| Decimal::try_from(number.as_f64()?).ok())
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

pub(crate) fn json_number(value: Decimal) -> Value {
    let value = value.normalize();
    match value.to_i64().filter(|_| value.scale() == 0) {
        Some(whole) => Value::from(whole),
        None => value.to_f64().map_or(Value::Null, Value::from),
    }
}
