//! The published examples, word for word, get the published answers.
use crate::app::App;
use crate::check::receipted;
use crate::scene::{HTMC, SOAP_PATH};
use crate::{Engine, on_both_engines};
use dancu::client::Answer;

on_both_engines!(
    the_published_requests_get_the_published_answers,
    the_published_vector_of_a_hash_per_call_is_accepted
);

const VERIFY: &str = r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca">
  <soapenv:Header/>
  <soapenv:Body>
    <dan:XacThucThongTinCongDan>
      <dan:MaYeuCau>1763620000123</dan:MaYeuCau>
      <dan:MaDVC>1.004227</dan:MaDVC>
      <dan:MaTichHop>033</dan:MaTichHop>
      <dan:MaCanBo>001080000024</dan:MaCanBo>
      <dan:SoDinhDanh>001185000017</dan:SoDinhDanh>
      <dan:HoVaTen>TRANTHITHUYHOA</dan:HoVaTen>
      <dan:NgayThangNamSinh><dan:NgayThangNam>19850430</dan:NgayThangNam></dan:NgayThangNamSinh>
    </dan:XacThucThongTinCongDan>
  </soapenv:Body>
</soapenv:Envelope>
"#;

const VERIFIED: &str = r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>
    <dan:KetQuaXacThuc xmlns:dan="http://dancuquocgia.bca"><dan:TonTai>true</dan:TonTai></dan:KetQuaXacThuc>
  </soapenv:Body>
</soapenv:Envelope>
"#;

const OLDER: &str = r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca">
  <soapenv:Header/>
  <soapenv:Body>
    <dan:XacThucThongTinCongDanRequest>
      <dan:MaYeuCau>1763620000124</dan:MaYeuCau>
      <dan:MaDichVu>033</dan:MaDichVu>
      <dan:MaCanBo>VDXP_VPCP</dan:MaCanBo>
      <dan:SoDinhDanh>001185000017</dan:SoDinhDanh>
      <dan:SoCMND>012345678</dan:SoCMND>
      <dan:HoVaTen>TRAN THI THUY HOA</dan:HoVaTen>
    </dan:XacThucThongTinCongDanRequest>
  </soapenv:Body>
</soapenv:Envelope>
"#;

/// The law demands number, name and birth date, and the older form has no birth date: nobody is confirmed by it.
const OLDER_ANSWER: &str = r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>
    <dan:KetQuaXacThucResponse xmlns:dan="http://dancuquocgia.bca"><dan:TonTai>false</dan:TonTai></dan:KetQuaXacThucResponse>
  </soapenv:Body>
</soapenv:Envelope>
"#;

const LOOK_UP: &str = r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca">
  <soapenv:Header/>
  <soapenv:Body>
    <dan:TraCuuThongTinCongDan>
      <dan:MaYeuCau>RANDOM093015482</dan:MaYeuCau>
      <dan:MaDVC>VPCP</dan:MaDVC>
      <dan:MaTichHop>037</dan:MaTichHop>
      <dan:MaCanBo>001080000024</dan:MaCanBo>
      <dan:MaDonVi>H55.242</dan:MaDonVi>
      <dan:TaiKhoan>nguyenvana.stttt</dan:TaiKhoan>
      <dan:SoDienThoai>0</dan:SoDienThoai>
      <dan:SoDinhDanh>001185000017</dan:SoDinhDanh>
      <dan:HoVaTen>TRANTHITHUYHOA</dan:HoVaTen>
      <dan:NgayThangNamSinh><dan:NgayThangNam>19850430</dan:NgayThangNam></dan:NgayThangNamSinh>
    </dan:TraCuuThongTinCongDan>
  </soapenv:Body>
</soapenv:Envelope>
"#;

const RECORD: &str = r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>
    <ns1:CongdanCollection xmlns:ns1="http://www.mic.gov.vn/dancu/1.0">
      <ns1:CongDan>
        <ns1:SoDinhDanh>001185000017</ns1:SoDinhDanh>
        <ns1:SoCMND>012345678</ns1:SoCMND>
        <ns1:HoVaTen><ns1:Ho/><ns1:ChuDem/><ns1:Ten>TRẦN THỊ THÚY HÒA</ns1:Ten></ns1:HoVaTen>
        <ns1:GioiTinh>2</ns1:GioiTinh>
        <ns1:DanToc>02</ns1:DanToc>
        <ns1:TonGiao>00</ns1:TonGiao>
        <ns1:TinhTrangHonNhan>2</ns1:TinhTrangHonNhan>
        <ns1:NhomMau>00</ns1:NhomMau>
        <ns1:NgayThangNamSinh><ns1:NgayThangNam>19850430</ns1:NgayThangNam></ns1:NgayThangNamSinh>
        <ns1:QuocTich>VN</ns1:QuocTich>
        <ns1:ThuongTru><ns1:MaTinhThanh>01</ns1:MaTinhThanh><ns1:MaQuanHuyen/><ns1:MaPhuongXa>00001</ns1:MaPhuongXa><ns1:ChiTiet>Số 5, ngõ 12</ns1:ChiTiet><ns1:QuocGia>VN</ns1:QuocGia></ns1:ThuongTru>
        <ns1:ChuHo><ns1:QuanHe>CH01</ns1:QuanHe><ns1:SoDinhDanh>001185000017</ns1:SoDinhDanh><ns1:HoVaTen>TRẦN THỊ THÚY HÒA</ns1:HoVaTen></ns1:ChuHo>
      </ns1:CongDan>
    </ns1:CongdanCollection>
  </soapenv:Body>
</soapenv:Envelope>
"#;

/// The fields of the published answer; the sensitive ones leave only when named.
const NAMED: [&str; 13] = [
    "SoDinhDanh",
    "SoCMND",
    "HoVaTen",
    "GioiTinh",
    "DanToc",
    "TonGiao",
    "TinhTrangHonNhan",
    "NhomMau",
    "NgayThangNamSinh",
    "QuocTich",
    "ThuongTru",
    "ChuHo",
    "QuanHe",
];
const SENSITIVE: [&str; 3] =
    ["<ns1:DanToc>02</ns1:DanToc>", "<ns1:TonGiao>00</ns1:TonGiao>", "<ns1:NhomMau>00</ns1:NhomMau>"];

/// Without the line ends and spaces that only the published files have.
fn tight(xml: &str) -> String {
    xml.lines().map(str::trim).collect()
}

async fn post(app: &App, kind: &str, body: &str, headers: &[(&str, String)]) -> Answer {
    let mut request = http::Request::post(SOAP_PATH).header("content-type", kind);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    app.call(Some(HTMC), request.body(body.as_bytes().to_vec()).unwrap()).await
}

/// `htmc.thainguyen` with its password.
fn password() -> [(&'static str, String); 1] {
    use base64::Engine as _;
    let pair = format!("{}:{}", crate::scene::user(HTMC), crate::scene::password(HTMC));
    [("authorization", format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)))]
}

async fn the_published_requests_get_the_published_answers(engine: Engine) {
    let app = App::start(engine).await;
    let named = format!(
        "<dan:TruongThongTin>{}</dan:TruongThongTin>",
        NAMED.join("</dan:TruongThongTin><dan:TruongThongTin>")
    );
    let look_up_named =
        LOOK_UP.replace("</dan:TraCuuThongTinCongDan>", &format!("{named}</dan:TraCuuThongTinCongDan>"));
    let plain_record = SENSITIVE.iter().fold(tight(RECORD), |record, field| record.replace(field, ""));
    let cases = [
        (VERIFY, tight(VERIFIED)),
        (OLDER, tight(OLDER_ANSWER)),
        (&look_up_named, tight(RECORD)),
        (LOOK_UP, plain_record),
    ];
    for kind in ["text/xml; charset=utf-8", "application/xml"] {
        for (request, expected) in &cases {
            let answer = post(&app, kind, request, &password()).await;
            assert_eq!((answer.status, answer.text()), (200, expected.clone()), "{request}");
            receipted(&app, &answer).await;
        }
    }
    app.stop().await;
}

async fn the_published_vector_of_a_hash_per_call_is_accepted(engine: Engine) {
    let app = App::start(engine).await;
    app.clock.set(1_763_620_000_123_000);
    let vector = [
        ("timestamp", "1763620000123".to_owned()),
        (
            "authorization",
            "Basic aHRtYy50aGFpbmd1eWVuOjE3OTY4MzJmYzFhZDI2NWFiYjJjZGM2OWIyNzViN2NiNjUyMjIyNTZmMDQ1OTQ2NjU5OTQxODlkZjYxNGMxMzU="
                .to_owned(),
        ),
    ];
    let answer = post(&app, "text/xml", VERIFY, &vector).await;
    assert_eq!((answer.status, answer.text()), (200, tight(VERIFIED)));
    // A client that computes the header once sends several calls with it: each MaYeuCau counts once.
    let next = VERIFY.replace("1763620000123", "1763620000125");
    assert_eq!(post(&app, "text/xml", &next, &vector).await.status, 200);
    assert_eq!(post(&app, "text/xml", &next, &vector).await.status, 409);
    // On another day the MaYeuCau comes back, and the old hash does not.
    app.clock.set(app.now_us() + 86_400_000_000);
    assert_eq!(post(&app, "text/xml", VERIFY, &vector).await.status, 401);
    app.stop().await;
}
