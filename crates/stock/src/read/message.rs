//! XML of QCVN 109: the texts of each citizen as they stand, right or wrong.
use super::workbook::{Keeper, Kept};
use super::{Fault, Limits, ReadError};
use dancu_linkage::Column;
use dancu_message::XmlLimits;
use dancu_message::qcvn109::{CitizenTexts, read_texts};

const COLUMNS: [Column; 7] = [
    Column::PersonalId,
    Column::IdCardNumber,
    Column::FullName,
    Column::BirthDate,
    Column::Sex,
    Column::Unit,
    Column::Household,
];

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Kept, ReadError> {
    let mut keeper = Keeper::new(limits);
    let (mut rows, mut stopped) = (0, None);
    let taken = read_texts(bytes, XmlLimits::FILE, |texts: CitizenTexts| {
        rows += 1;
        let kept = keeper.texts(rows, false, |column| text(&texts, column).to_owned());
        if texts.is_twofold {
            keeper.fault(Fault::Element);
        }
        kept.map_err(|error| stopped = Some(error)).is_ok()
    });
    match (stopped, taken) {
        (Some(error), _) => Err(error),
        (None, Err(fault)) => Err(ReadError::Message { row: rows + 1, fault }),
        (None, Ok(())) => {
            Ok(Kept { columns: COLUMNS.to_vec(), chunks: keeper.finish()?, skipped: Vec::new() })
        }
    }
}

fn text(texts: &CitizenTexts, column: Column) -> &str {
    match column {
        Column::PersonalId => &texts.personal_id,
        Column::IdCardNumber => &texts.id_card_number,
        Column::FullName => &texts.full_name,
        Column::BirthDate => &texts.birth_date,
        Column::Sex => &texts.sex,
        Column::Unit => &texts.permanent_unit,
        Column::Household => &texts.household,
        Column::RowId | Column::OtherName => "",
    }
}
