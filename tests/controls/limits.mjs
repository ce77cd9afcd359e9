// Defences of what limits, hides and refuses: each taken out in turn must be missed. `npm run controls` reads this.

export default [
  {
    takes: "counting an attempt before its password is looked at",
    file: "src/web/flow/attempt.rs",
    from: "    let looked = look(visit, (email, password), &against, &mut slot).await;",
    to: `    take_back(visit, email, lane, None).await;
    let looked = look(visit, (email, password), &against, &mut slot).await;
    if matches!(looked, Ok(Outcome::Wrong)) {
        let _ = counted(visit, email, visit.device()).await;
    }`,
    rust: "parallel_guesses::",
  },
  {
    takes: "the lane of their own for marked devices",
    file: "src/address/lane.rs",
    from: ".any(|known| known.id == *device && known.is_live(now))",
    to: ".any(|known| known.id == *device && now < known.used)",
    rust: "lockout_by_strangers::",
  },
  {
    takes: "a mark that its browser pays from, and not its network",
    file: "src/web/flow/attempt.rs",
    from: `    if device.is_some() {
        let slot = visit.slot(true)?;`,
    to: `    if device.is_some() {
        visit.pay(Action::Signin).await?;
        let slot = visit.slot(true)?;`,
    rust: "lockout_by_strangers::",
  },
  {
    takes: "the most tries that strangers ever have",
    file: "src/address/lane.rs",
    from: "const MOST_STRANGERS: u32 = 80;",
    to: "const MOST_STRANGERS: u32 = 8_000;",
    rust: "lockout_by_strangers::",
  },
  {
    takes: "the mail purse of an address",
    file: "src/address/purse.rs",
    from: "            Payer::Known => self.known",
    to: "            Payer::Stranger if now.0 > 0 => true,\n            Payer::Known => self.known",
    rust: "mail_bomb::",
  },
  {
    takes: "two purses, one for strangers and one for browsers that are known",
    file: "src/address/asking.rs",
    from: "let payer = if known { Payer::Known } else { Payer::Stranger };",
    to: "let payer = if known && now.0 < 0 { Payer::Known } else { Payer::Stranger };",
    rust: "mail_bomb::",
  },
  {
    takes: "an owner's purse that pays for no letter they never get",
    file: "src/address/state.rs",
    from: "let paid = self.owner.is_none() && self.pay(",
    to: "let paid = self.pay(",
    rust: "siege::",
  },
  {
    takes: "the place of a paid wish before unpaid ones",
    file: "src/address/asking.rs",
    from: "self.duties.retain(|duty| !alike(duty) || leaves(duty));",
    to: "let _ = leaves;",
    rust: "siege::",
  },
  {
    takes: "an IPv6 client as its /64",
    file: "src/web/network.rs",
    from: "let [a, b, c, subnet, ..] = address.segments();",
    to: "let [a, b, c, _, _, _, _, subnet] = address.segments();",
    rust: "mail_bomb::",
  },
  {
    takes: "the hash for an address without an account",
    file: "src/web/flow/attempt.rs",
    from: "    let checked = slot.hash(check).await.map_err(full)?.map_err(fault)?;\n    // Looked at",
    to: "    if credential.is_none() && against.waiting.is_none() {\n        return Ok(Outcome::Wrong);\n    }\n    let checked = slot.hash(check).await.map_err(full)?.map_err(fault)?;\n    // Looked at",
    rust: "enumeration::",
  },
  {
    takes: "the decoy account that is asked for an address without one",
    file: "src/web/flow/attempt.rs",
    from: "    let account = owner.cloned().unwrap_or_else(decoy);",
    to: "    let _ = decoy;\n    let Some(account) = owner.cloned() else {\n        return Ok(None);\n    };",
    rust: "enumeration::",
  },
  {
    takes: "the beat on which answers leave",
    file: "src/web/app.rs",
    from: "    if reply.on_the_beat {",
    to: "    if reply.on_the_beat && arrived.0 < 0 {",
    rust: "enumeration::",
  },
  {
    takes: "the refusal of other hosts",
    file: "src/web/guard.rs",
    from: "    if !head.host.eq_ignore_ascii_case(&public.host) {",
    to: "    if !head.host.contains(public.host.as_str()) {",
    rust: "host_games::",
  },
  {
    takes: "the folding of header names in all spellings",
    file: "src/web/forward.rs",
    from: "        b if b.is_ascii_alphanumeric() => b.to_ascii_lowercase(),\n        _ => b'-',",
    to: "        b'_' => b'-',\n        b => b.to_ascii_lowercase(),",
    rust: "header_games::",
  },
  {
    takes: "a family of headers that is removed",
    file: "src/web/forward.rs",
    from: '    "x-middleware-",\n',
    to: '    "x-middlewares-",\n',
    rust: "header_games::",
  },
  {
    takes: "the removal of Connection",
    file: "src/web/forward.rs",
    from: 'if name == "connection" || mapped',
    to: 'if name == "connections" || mapped',
    rust: "header_games::",
  },
  {
    takes: "keys of their own for each purpose of a cookie",
    file: "src/kit/keys.rs",
    from: '            Self::Device => "device",\n            Self::Signup => "signup",',
    to: '            Self::Device | Self::Signup => "session",',
    rust: "cookie_swaps::",
  },
  {
    takes: "a ticket that is good for its own page alone",
    file: "src/web/flow/link.rs",
    from: "            .filter(|ticket| ticket.visit.as_str() == visit.fields.text(\"visit\"));\n        held.map",
    to: "            .filter(|ticket| ticket.visit.as_str() == visit.fields.text(\"visit\") || visit.surface == Surface::Page);\n        held.map",
    rust: "link_matrix::",
  },
  {
    takes: "the end of a link in the commit that redeems it",
    file: "src/kit/redeemed.rs",
    from: "        let gone = tokens.take_where(alike);",
    to: "        if now.0 > 0 {\n            return;\n        }\n        let gone = tokens.take_where(alike);",
    rust: "parallel_redemption::",
  },
  {
    takes: "the check that a page of ours sent what changes something",
    file: "src/web/guard.rs",
    from: 'fetched_from == "same-origin"',
    to: 'fetched_from != "same-site"',
    rust: "cross_site::",
  },
  {
    takes: "the refusal of a host that goes on as a path",
    file: "src/web/guard.rs",
    from: "    if named.contains(['/', '\\\\', '?', '#', '@']) {",
    to: "    if named.contains('\\n') {",
    rust: "host_games::",
  },
  {
    takes: "the one network that all spellings of an address are",
    file: "src/web/network.rs",
    from: "if let Some(v4) = address.to_ipv4_mapped() {",
    to: "if let Some(v4) = address.to_ipv4_mapped().filter(|_| address.is_loopback()) {",
    rust: "network_games::",
  },
  {
    takes: "belief in nothing but what CLIENT_IP names",
    file: "src/web/network.rs",
    from: '        ClientIp::Cloudflare => head.header("cf-connecting-ip"),',
    to: '        ClientIp::Cloudflare => head.header("x-real-ip").or(head.header("cf-connecting-ip")),',
    rust: "network_games::",
  },
  {
    takes: "one normal form of an address",
    file: "src/kit/email.rs",
    from: 'let address = format!("{}@{domain}", local.to_ascii_lowercase());',
    to: 'let address = format!("{local}@{domain}");',
    rust: "parallel_guesses::",
  },
  {
    takes: "the count of a password that is tried to change another",
    file: "src/web/flow/password.rs",
    from: "        _ => {\n            visit.log(\n                Happening::PasswordWrong,",
    to: `        _ => {
            let address = &live.opened().person.address;
            super::attempt::take_back(visit, address, tried.lane, tried.toll).await;
            visit.log(
                Happening::PasswordWrong,`,
    rust: "side_doors::",
  },
  {
    takes: "the method as it was sent, whatever a header says of it",
    file: "src/web/app.rs",
    from: "    if !route.allows(head.method) {",
    to: '    if !route.allows(head.header("x-http-method-override").unwrap_or(head.method)) {',
    rust: "rerouting::",
  },
  {
    takes: "the URL that is looked at before it is parsed",
    file: "src/edge/glue.js",
    from: "return UNEVEN.test(url) ? (URL.parse(url)?.href ?? url) : url;",
    to: "return UNEVEN.test(url) ? new URL(url).href : url;",
    node: "tests/e2e/threats/host_games.test.mjs",
  },
  {
    takes: "what keeps answers about somebody out of shared caches",
    file: "src/edge/glue.js",
    from: "filter((part) => !/^(public|s-maxage=.*|private)$/i.test(part));",
    to: "filter((part) => part !== 'private');",
    node: "tests/e2e/threats/cache_deception.test.mjs",
  },
];
