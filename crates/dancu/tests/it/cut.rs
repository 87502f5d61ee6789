//! Connections end when the right to them ends, on every server.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::{Journalled, refused};
use crate::scene::HTMC;
use crate::slow::connect;
use crate::{Engine, on_both_engines};
use dancu_catalogue::Code;
use dancu_policy::SystemState;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

on_both_engines!(connections_of_a_disconnected_system_are_cut_and_of_no_other);

/// Whether the server ended it, within this time.
async fn is_cut(stream: &mut TlsStream<TcpStream>, within: Duration) -> bool {
    let mut byte = [0];
    matches!(timeout(within, stream.read(&mut byte)).await, Ok(Ok(0) | Err(_)))
}

async fn connections_of_a_disconnected_system_are_cut_and_of_no_other(engine: Engine) {
    let app = App::start(engine).await;
    let beside = app.beside().await;
    let mut held = [connect(&app, Some(HTMC)).await, connect(&beside, Some(HTMC)).await];
    let mut nobodys = connect(&app, None).await;
    let now_us = app.now_us();
    let change = move |road: &dancu_gateway::Road, _| {
        road.exchange.set_system_state(HTMC, SystemState::Disconnected, Some("QĐ 17"), now_us).unwrap();
    };
    app.on_road(change).await;
    for stream in &mut held {
        assert!(is_cut(stream, Duration::from_secs(5)).await, "{engine:?}");
    }
    assert!(!is_cut(&mut nobodys, Duration::from_millis(500)).await, "{engine:?}");
    // Who comes again is told why.
    for app in [&app, &beside] {
        let answer = app.ask(Via::Rest, &Ask::verify()).await;
        refused(app, Via::Rest, Code::SystemDisconnected, &answer, Journalled::Yes).await;
    }
    app.stop().await;
    beside.stop().await;
}
