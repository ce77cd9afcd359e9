//! Fetches a set of keys, in a thread: whatever runtime the application has, or none.

use core::time::Duration;

use http::Uri;
use ureq::Agent;

use crate::{
    keys::Mistake,
    keyset::{Failure, Fetching},
};

const LONGEST_FETCH: Duration = Duration::from_secs(3);
const LARGEST_SET: u64 = 64 * 1024;

/// Who can change the set on its way can be anybody, so it comes by https, or from this machine.
pub(crate) fn from(url: &str) -> Result<impl Fn() -> Fetching + use<>, Mistake> {
    let uri: Uri = url.parse().map_err(|_| Mistake::Url)?;
    let local = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let plain = uri.scheme_str() == Some("http");
    let named = uri
        .authority()
        .is_some_and(|name| !name.as_str().contains('@'));
    if !named || !(uri.scheme_str() == Some("https") || (plain && local)) {
        return Err(Mistake::Url);
    }
    let config = Agent::config_builder()
        .timeout_global(Some(LONGEST_FETCH))
        .max_redirects(0);
    // What is fetched without TLS comes from this machine, and so from no proxy.
    let config = if plain { config.proxy(None) } else { config };
    let agent: Agent = config.build().into();
    Ok(move || {
        let (agent, uri) = (agent.clone(), uri.clone());
        let (tell, told) = futures_channel::oneshot::channel();
        std::thread::spawn(move || tell.send(text(&agent, uri)));
        let told: Fetching = Box::pin(async { told.await? });
        told
    })
}

fn text(agent: &Agent, uri: Uri) -> Result<String, Failure> {
    let mut answer = agent.get(uri).header("accept", "application/json").call()?;
    if answer.status() != 200 {
        return Err(format!("the answer was {}", answer.status()).into());
    }
    let body = answer.body_mut().with_config().limit(LARGEST_SET);
    Ok(body.read_to_string()?)
}
