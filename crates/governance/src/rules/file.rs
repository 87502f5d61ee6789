//! The shape of the data files. All of them have one shape, so that one overlay may hold rows of any.
use serde::Deserialize;

/// Where a row comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Origin {
    pub(super) valid_from: String,
    pub(super) source: String,
    pub(super) mark: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct File {
    pub(super) step: Vec<StepRow>,
    pub(super) limit: Vec<LimitRow>,
    pub(super) warning: Vec<WarningRow>,
    pub(super) media: Vec<MediaRow>,
    pub(super) choice: Vec<ChoiceRow>,
    pub(super) exemption: Vec<ExemptionRow>,
    pub(super) severity: Vec<SeverityRow>,
    pub(super) test_case: Vec<TestCaseRow>,
    pub(super) evaluation: Vec<EvaluationRow>,
    pub(super) measure: Vec<MeasureRow>,
    pub(super) reason: Vec<ReasonRow>,
    pub(super) way_back: Vec<WayBackRow>,
}

impl File {
    /// Puts the rows of a later file behind these.
    pub(super) fn append(&mut self, later: Self) {
        self.step.extend(later.step);
        self.limit.extend(later.limit);
        self.warning.extend(later.warning);
        self.media.extend(later.media);
        self.choice.extend(later.choice);
        self.exemption.extend(later.exemption);
        self.severity.extend(later.severity);
        self.test_case.extend(later.test_case);
        self.evaluation.extend(later.evaluation);
        self.measure.extend(later.measure);
        self.reason.extend(later.reason);
        self.way_back.extend(later.way_back);
    }
}

/// A row with the columns of every row; `deny_unknown_fields` and `flatten` exclude each other, so they are spelt out.
macro_rules! rows {
    ($($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* })*) => {$(
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$attribute])* pub(super) $field: $type,)*
            valid_from: String,
            source: String,
            mark: String,
        }

        impl $name {
            pub(super) fn origin(&self) -> Origin {
                Origin {
                    valid_from: self.valid_from.clone(),
                    source: self.source.clone(),
                    mark: self.mark.clone(),
                }
            }
        }
    )*};
}

rows! {
    StepRow {
        process: String,
        name: String,
        from: Vec<String>,
        to: String,
        duty: String,
        #[serde(default)]
        through: bool,
        #[serde(default)]
        rule: bool,
        #[serde(default)]
        not_by: Vec<String>,
        #[serde(default)]
        new_round: bool,
        #[serde(default)]
        keep_deadline: bool,
        #[serde(default)]
        documents: Vec<String>,
        #[serde(default)]
        fresh: bool,
        #[serde(default)]
        needs: Vec<String>,
        days: Option<u16>,
        unit: Option<String>,
        then: Option<String>,
    }
    LimitRow { name: String, value: u32, }
    WarningRow { days: Vec<u16>, }
    MediaRow {
        name: String,
        /// False takes a type out from that day on
        #[serde(default = "yes")]
        allowed: bool,
    }
    ChoiceRow { list: String, names: Vec<String>, labels: Vec<[String; 2]>, }
    ExemptionRow { name: String, label: [String; 2], kinds: Vec<String>, permanent: bool, }
    SeverityRow { name: String, label: [String; 2], blocks: bool, days: u16, unit: String, }
    TestCaseRow {
        service: String,
        name: String,
        expect: String,
        label: [String; 2],
        number: String,
        full_name: String,
        birth_date: String,
        todo: [String; 2],
    }
    EvaluationRow { levels: Vec<u8>, days: Vec<String>, }
    MeasureRow { name: String, label: [String; 2], from_level: u8, justify: bool, }
    ReasonRow {
        name: String,
        label: [String; 2],
        what: [String; 2],
        todo: [String; 2],
        days: u16,
        unit: String,
    }
    WayBackRow { target: String, action: String, text: [String; 2], }
}

fn yes() -> bool {
    true
}
