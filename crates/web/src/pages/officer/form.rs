//! The form by number: who is asked for, on what ground, which fields.
use crate::Texts;
use crate::parts::{Choice, Choices, ErrorSummary, Input, InputKind, Select, Typed, Width, summary_of};

/// What an officer fills in. No `Debug`: it is personal.
#[derive(Clone, Default)]
pub struct OfficerForm {
    /// 12 or 9 digits (control `number`)
    pub number: Typed,
    /// Full name (`full_name`)
    pub full_name: Typed,
    /// `dd/mm/yyyy`, `mm/yyyy` or `yyyy` (`birth_date`)
    pub birth_date: Typed,
    /// `1` or `2`; empty when not asked (`sex`)
    pub sex: Typed,
    /// Purposes of the agreement (`purpose`)
    pub purposes: Vec<Choice>,
    /// What is wrong with the purpose
    pub purpose_error: Option<String>,
    /// Case number (`case_number`)
    pub case_number: Typed,
    /// The agreement demands a case number
    pub case_required: bool,
    /// Fields that may be looked up (`fields`, any number)
    pub fields: Vec<Choice>,
    /// Sensitive fields that may be looked up (`sensitive`, any number)
    pub sensitive: Vec<Choice>,
    /// What is wrong with the form as a whole
    pub error: Option<String>,
    /// The account may verify
    pub may_verify: bool,
    /// The account may look up
    pub may_look_up: bool,
}

impl OfficerForm {
    pub(super) fn summary(&self, texts: Texts) -> Option<ErrorSummary> {
        let controls = [
            ("number", &self.error),
            ("number", &self.number.error),
            ("full_name", &self.full_name.error),
            ("birth_date", &self.birth_date.error),
            ("sex", &self.sex.error),
            ("purpose", &self.purpose_error),
            ("case_number", &self.case_number.error),
        ];
        summary_of(texts, &controls)
    }

    pub(super) fn number_input(&self, t: Texts) -> Input {
        Input {
            kind: InputKind::Digits,
            width: Width::Medium,
            max: 20,
            ..Input::new(t, "number", "field-number", &self.number).hint("field-number-hint")
        }
    }

    pub(super) fn name_input(&self, t: Texts) -> Input {
        Input::new(t, "full_name", "field-full-name", &self.full_name).hint("field-full-name-hint")
    }

    pub(super) fn birth_input(&self, t: Texts) -> Input {
        Input {
            kind: InputKind::Date,
            width: Width::Short,
            max: 10,
            ..Input::new(t, "birth_date", "field-birth-date", &self.birth_date).hint("field-birth-date-hint")
        }
    }

    pub(super) fn sex_choices(&self, t: Texts) -> Choices {
        let choice = |code: &str, key: &str| Choice::new(code, t.t(key), self.sex.value == code);
        Choices {
            texts: t,
            name: "sex",
            legend: t.t("field-sex").into_owned(),
            error: self.sex.error.clone(),
            choices: vec![choice("", "sex-not-asked"), choice("1", "sex-male"), choice("2", "sex-female")],
            inline: true,
            optional: true,
            ..Choices::default()
        }
    }

    pub(super) fn purpose_select(&self, t: Texts) -> Select {
        Select {
            texts: t,
            name: "purpose",
            label: t.t("field-purpose").into_owned(),
            hint: t.t("field-purpose-hint").into_owned(),
            error: self.purpose_error.clone(),
            choices: self.purposes.clone(),
            optional: false,
            any: false,
        }
    }

    pub(super) fn case_input(&self, t: Texts) -> Input {
        Input {
            width: Width::Medium,
            max: 60,
            optional: !self.case_required,
            ..Input::new(t, "case_number", "field-case-number", &self.case_number)
        }
    }

    pub(super) fn field_choices(&self, t: Texts) -> Choices {
        Choices {
            texts: t,
            name: "fields",
            legend: t.t("officer-fields").into_owned(),
            hint: t.t("officer-fields-hint").into_owned(),
            choices: self.fields.clone(),
            many: true,
            ..Choices::default()
        }
    }

    pub(super) fn sensitive_choices(&self, t: Texts) -> Choices {
        Choices {
            texts: t,
            name: "sensitive",
            legend: t.t("officer-sensitive").into_owned(),
            hint: t.t("officer-sensitive-hint").into_owned(),
            choices: self.sensitive.clone(),
            many: true,
            inline: true,
            ..Choices::default()
        }
    }

    /// How many fields are ticked, the sensitive ones included.
    pub(super) fn ticked(&self) -> u64 {
        self.fields.iter().chain(&self.sensitive).filter(|c| c.chosen).map(|_| 1).sum()
    }

    pub(super) fn any_sensitive_ticked(&self) -> bool {
        self.sensitive.iter().any(|c| c.chosen)
    }
}
