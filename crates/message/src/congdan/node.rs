//! A small tree of named elements, the common shape of the XML and the JSON form.
use crate::WireError;
use crate::xml::Writer;
use dancu_catalogue::Code;

/// Every element name below `CongDan`; no other name becomes a node.
const NAMES: [&str; 44] = [
    "SoDinhDanh",
    "SoCMND",
    "HoVaTen",
    "Ho",
    "ChuDem",
    "Ten",
    "GioiTinh",
    "DanToc",
    "MaDanToc",
    "TenGoiKhac",
    "TenGoi",
    "TonGiao",
    "MaTonGiao",
    "TinhTrangHonNhan",
    "NhomMau",
    "NgayThangNamSinh",
    "NgayThangNam",
    "Nam",
    "NoiDangKyKhaiSinh",
    "QuocTich",
    "QueQuan",
    "ThuongTru",
    "NoiOHienTai",
    "MaDonViHanhChinh",
    "MaTinhThanh",
    "MaQuanHuyen",
    "MaPhuongXa",
    "ChiTiet",
    "QuocGia",
    "Cha",
    "Me",
    "VoChong",
    "NguoiDaiDien",
    "ChuHo",
    "QuanHe",
    "TrangThaiCongDan",
    "SoSoHoKhau",
    // of the collection
    "CongdanCollection",
    "CongDan",
    "SoCongDan",
    "ThoiDiemDuLieu",
    "GhiChu",
    "id",
    "Id",
];

/// The static form of a known element name.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|n| **n == name).copied()
}

/// An element: either text or children.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
}

impl Node {
    pub(crate) fn leaf(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, text: text.into(), children: Vec::new() }
    }

    pub(crate) fn branch(name: &'static str, children: Vec<Node>) -> Self {
        Self { name, text: String::new(), children }
    }

    /// As XML, with the writer's prefix
    pub(crate) fn write(&self, out: &mut Writer) {
        if self.children.is_empty() {
            out.leaf(self.name, &self.text);
        } else {
            out.open(self.name);
            for child in &self.children {
                child.write(out);
            }
            out.close(self.name);
        }
    }

    /// The text of an element that may have no children; none when it is empty.
    pub(crate) fn into_text(self) -> Result<Option<String>, WireError> {
        match self.children.first() {
            Some(child) => Err(WireError::at(Code::ElementUnknown, child.name)),
            None if self.text.is_empty() => Ok(None),
            None => Ok(Some(self.text)),
        }
    }

    /// The children of an element that may have no text of its own.
    pub(crate) fn into_parts(self) -> Result<Parts, WireError> {
        if self.text.is_empty() {
            Ok(Parts { children: self.children })
        } else {
            Err(WireError::at(Code::FieldType, self.name))
        }
    }
}

/// The children of an element, taken out one name at a time; what is left at the end is unknown there.
pub(crate) struct Parts {
    children: Vec<Node>,
}

impl Parts {
    /// Takes the one child of a name.
    pub(crate) fn take(&mut self, name: &'static str) -> Result<Option<Node>, WireError> {
        let mut found = self.take_all(name).into_iter();
        let first = found.next();
        if found.next().is_some() {
            return Err(WireError::at(Code::ElementDuplicate, name));
        }
        Ok(first)
    }

    /// Takes all children of a name.
    pub(crate) fn take_all(&mut self, name: &'static str) -> Vec<Node> {
        if self.children.iter().all(|c| c.name != name) {
            return Vec::new();
        }
        let (taken, left) = std::mem::take(&mut self.children).into_iter().partition(|c| c.name == name);
        self.children = left;
        taken
    }

    /// Takes the text of the one child of a name.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, WireError> {
        self.take(name)?.map_or(Ok(None), Node::into_text)
    }

    /// Refuses what nobody took.
    pub(crate) fn finish(self) -> Result<(), WireError> {
        self.children.first().map_or(Ok(()), |left| Err(WireError::at(Code::ElementUnknown, left.name)))
    }
}
