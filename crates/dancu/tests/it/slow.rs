//! Requests that come too slowly, too big, or not at all.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::Journalled;
use crate::refusals::Reached;
use crate::scene::HTMC;
use crate::{Engine, on_both_engines};
use dancu::client::Answer;
use dancu_catalogue::Code;
use rustls_pki_types::ServerName;
use std::fmt::Write as _;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

on_both_engines!(a_server_ends_while_a_client_holds_the_last_connection);

/// A TLS connection, for a client that does not speak HTTP properly.
pub(crate) async fn connect(app: &App, certificate: Option<&'static str>) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(app.authority()).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    TlsConnector::from(app.client(certificate)).connect(name, stream).await.unwrap()
}

/// Sends the head and only a part of the body, and reads what the server says to that.
async fn send_half(app: &App, request: http::Request<Vec<u8>>) -> Answer {
    let mut stream = connect(app, Some(HTMC)).await;
    let mut head = format!("POST {} HTTP/1.1\r\nhost: localhost\r\n", request.uri().path());
    for (name, value) in request.headers() {
        write!(head, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    write!(head, "content-length: {}\r\n\r\n", request.body().len()).unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&request.body()[..10]).await.unwrap();
    stream.flush().await.unwrap();
    read_answer(&mut stream).await
}

async fn read_answer(stream: &mut TlsStream<TcpStream>) -> Answer {
    let mut bytes = Vec::new();
    loop {
        if let Some(answer) = parse(&bytes) {
            return answer;
        }
        let mut some = [0; 4096];
        let count = stream.read(&mut some).await.unwrap_or(0);
        assert!(count > 0, "the connection ended after {:?}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&some[..count]);
    }
}

/// A whole answer with a length, if it is there.
fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = http::HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        headers.insert(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    let length: usize = headers.get("content-length")?.to_str().ok()?.parse().ok()?;
    let body = bytes.get(end + 4..end + 4 + length)?.to_vec();
    Some(Answer { status, headers, body })
}

/// A body that does not come within its second is refused as such, and journalled.
pub(crate) async fn bodies_that_stay_away(engine: Engine, reached: &mut Reached) {
    let app = App::with(engine, |c| c.limits.body_seconds = 1).await;
    for via in Via::BOTH {
        let answer = send_half(&app, Ask::verify().request(via, app.now_us())).await;
        reached.check(&app, via, Code::RequestTimeout, &answer, Journalled::Yes).await;
    }
    app.stop().await;
}

/// Headers far beyond the limit are told by HTTP itself; no system is known yet, so there is no entry.
#[tokio::test(flavor = "multi_thread")]
async fn headers_too_large_have_the_status_of_the_catalogue() {
    let app = App::start(Engine::Sqlite).await;
    let mut stream = connect(&app, Some(HTMC)).await;
    let head =
        format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-big: {}\r\n\r\n", "a".repeat(256 * 1024));
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    assert_eq!(read_answer(&mut stream).await.status, Code::HeadersTooLarge.status());
    assert_eq!(app.road().journal.len().await.unwrap(), 0);
    app.stop().await;
}

/// A body of 100 MB is refused by its announced length, in the caller's protocol, and read by nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_a_hundred_megabytes_gets_its_answer() {
    let app = App::start(Engine::Sqlite).await;
    for via in Via::BOTH {
        let mut request = Ask::verify().request(via, app.now_us());
        request.body_mut().resize(100 * 1024 * 1024, b' ');
        let answer = app.call(Some(HTMC), request).await;
        crate::check::refused(&app, via, Code::BodyTooLarge, &answer, Journalled::Yes).await;
    }
    app.stop().await;
}

/// Clients that connect and say nothing are cut off; others are served meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_say_nothing_are_cut_off() {
    let app = App::with(Engine::Sqlite, |c| {
        c.limits.header_seconds = 1;
        c.limits.handshake_seconds = 1;
    })
    .await;
    let mut silent = connect(&app, Some(HTMC)).await;
    let mut silent_before_tls = TcpStream::connect(app.authority()).await.unwrap();
    assert_eq!(app.ask(Via::Rest, &Ask::verify()).await.status, 200);
    let mut rest = Vec::new();
    let cut_off = async {
        let _ = silent.read_to_end(&mut rest).await;
        let _ = silent_before_tls.read_to_end(&mut Vec::new()).await;
    };
    tokio::time::timeout(Duration::from_secs(20), cut_off).await.expect("both are cut off");
    app.stop().await;
}

async fn a_server_ends_while_a_client_holds_the_last_connection(engine: Engine) {
    let app = App::with(engine, |c| c.limits.connections = 1).await;
    let mut stream = connect(&app, Some(HTMC)).await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    assert_eq!(read_answer(&mut stream).await.status, 200);
    // The connection stays open and idle; its idle time is 30 seconds.
    tokio::time::timeout(Duration::from_secs(15), app.stop()).await.expect("the server ends at once");
}
