//! Writes every form with made-up data into a folder: unsigned, signed with keys made here, signed and time-stamped, and
//! as workbooks. `papers FOLDER SECONDS`, the time in seconds since 1970.
use dancu_keys::timestamp::{Authorities, Tsa};
use dancu_papers::sign::{Circumstances, PemKey, SignError, sign};
use dancu_papers::{
    AssessmentRecord, Commitment, ConnectionRequest, Disconnection, Form, Paper, Registration, Reminder,
    ReviewResult, render, xlsx,
};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, seconds] = arguments.as_slice() else { return Err("papers FOLDER SECONDS".into()) };
    let (folder, now_us) = (Path::new(folder), seconds.parse::<i64>()? * 1_000_000);
    std::fs::create_dir_all(folder)?;
    let keys = Keys::make()?;
    std::fs::write(folder.join("ca.pem"), &keys.root_pem)?;

    let papers = [
        ("commitment", paper(&Commitment::sample(), now_us)?),
        ("registration", paper(&Registration::sample(27), now_us)?),
        ("request", paper(&ConnectionRequest::sample(), now_us)?),
        ("review", paper(&ReviewResult::sample(30), now_us)?),
        ("reminder", paper(&Reminder::sample(33), now_us)?),
        ("disconnection", paper(&Disconnection::sample(), now_us)?),
        ("record", paper(&AssessmentRecord::sample(), now_us)?),
    ];
    for (name, paper) in &papers {
        let write = |kind: &str, pdf: &[u8]| std::fs::write(folder.join(format!("{name}{kind}.pdf")), pdf);
        write("", &paper.pdf)?;
        let signed = keys.sign(&keys.ecdsa, &paper.pdf, "Signature1", now_us, false)?;
        write("-ecdsa", &signed)?;
        write("-stamped", &keys.sign(&keys.rsa, &paper.pdf, "Signature1", now_us, true)?)?;
        if paper.fields.len() > 1 {
            write("-both", &keys.sign(&keys.rsa, &signed, "Signature2", now_us, true)?)?;
        }
    }
    std::fs::write(folder.join("review.xlsx"), xlsx::review(&ReviewResult::sample(30), now_us)?)?;
    let mut tricky = Registration::sample(3);
    for account in tricky.accounts.iter_mut().take(1) {
        "=HYPERLINK(\"http://example.com\";\"Xác thực\")".clone_into(&mut account.purpose);
    }
    std::fs::write(folder.join("accounts.xlsx"), xlsx::accounts(&tricky, now_us)?)?;
    Ok(())
}

fn paper(form: &impl Form, now_us: i64) -> Result<Paper, Box<dyn Error>> {
    for problem in form.problems() {
        println!("{} {}", problem.field, problem.fault.en());
    }
    Ok(render(form, now_us)?)
}

/// A root, two people who sign, and an authority for time stamps.
struct Keys {
    root_pem: String,
    ecdsa: PemKey,
    rsa: PemKey,
    stamps: Tsa,
}

impl Keys {
    fn make() -> Result<Self, Box<dyn Error>> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "Hòa Thịnh Test Root");
        let root_pem = params.self_signed(&key)?.pem();
        let issuer = Issuer::new(params, key);

        let person = |name: &str, key: &KeyPair| -> Result<PemKey, Box<dyn Error>> {
            let mut params = CertificateParams::default();
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
            params.distinguished_name.push(DnType::CommonName, name);
            params
                .distinguished_name
                .push(DnType::OrganizationName, "Sở Khoa học và Công nghệ tỉnh Hòa Thịnh");
            let pem = params.signed_by(key, &issuer)?.pem();
            Ok(PemKey::new(pem.as_bytes(), key.serialize_pem().as_bytes())?)
        };
        let ecdsa = person("Đặng Hữu Nghĩa", &KeyPair::generate()?)?;
        let rsa = person("Phạm Phước Mẫn", &KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256)?)?;

        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.distinguished_name.push(DnType::CommonName, "Hòa Thịnh Test Time");
        let mut purpose = CustomExtension::from_oid_content(&[2, 5, 29, 37], TIME_STAMPING.to_vec());
        purpose.set_criticality(true);
        params.custom_extensions = vec![purpose];
        let pem = params.signed_by(&key, &issuer)?.pem();
        let stamps = Tsa::from_pem(pem.as_bytes(), key.serialize_pem().as_bytes(), "1.3.6.1.4.1.32473.1")?;
        Ok(Self { root_pem, ecdsa, rsa, stamps })
    }

    fn sign(
        &self,
        key: &PemKey,
        pdf: &[u8],
        field: &str,
        now_us: i64,
        stamped: bool,
    ) -> Result<Vec<u8>, SignError> {
        let circumstances =
            Circumstances {
                field, reason: "Tôi phê duyệt văn bản này", place: "Hòa Thịnh", now_us
            };
        let authorities = Authorities::from_pem(self.root_pem.as_bytes());
        let authorities = authorities.map_err(|error| SignError::Stamp(error.to_string()))?;
        let stamper =
            |request: &[u8]| self.stamps.respond(request, now_us).map_err(|error| error.to_string());
        sign(pdf, key, &circumstances, stamped.then_some((&stamper, &authorities)))
    }
}

/// `ExtendedKeyUsage` with `id-kp-timeStamping`
const TIME_STAMPING: &[u8] = &[0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];
