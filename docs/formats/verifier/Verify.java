// Verifies receipts of Wasl offline. Written from docs/formats alone; needs nothing but Java 17.
//   java Verify.java trust.json receipt.json [payload-file] [--require-proof]
//   java Verify.java --cases trust.json cases.json
// Exit code 0: good (or every case as expected), 1: not, 2: unusable input.
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.*;
import java.nio.file.*;
import java.security.*;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.*;
import java.util.function.*;

public class Verify {
  static class Refusal extends RuntimeException {
    Refusal(String reason) { super(reason, null, false, false); }
  }
  static void require(boolean condition, String reason) { if (!condition) throw new Refusal(reason); }

  // ---- bytes -------------------------------------------------------------------------------------------------------
  static byte[] ascii(String text) { return text.getBytes(StandardCharsets.UTF_8); }
  static byte[] join(byte[]... parts) {
    var out = new java.io.ByteArrayOutputStream();
    for (var part : parts) out.writeBytes(part);
    return out.toByteArray();
  }
  static byte[] sha256(byte[]... parts) {
    try { return MessageDigest.getInstance("SHA-256").digest(join(parts)); }
    catch (GeneralSecurityException e) { throw new IllegalStateException(e); }
  }
  static String base64url(byte[] bytes) { return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes); }
  /** Strict: null unless encoding again gives the same text. */
  static byte[] decode(Object text, boolean url) {
    try {
      var bytes = (url ? Base64.getUrlDecoder() : Base64.getDecoder()).decode((String) text);
      var again = url ? base64url(bytes) : Base64.getEncoder().encodeToString(bytes);
      return again.equals(text) ? bytes : null;
    } catch (RuntimeException e) { return null; }
  }
  static boolean isBytes(Object text, int length) {
    var bytes = decode(text, true);
    return bytes != null && bytes.length == length;
  }

  // ---- strict JSON -------------------------------------------------------------------------------------------------
  static final class Json {
    private final String s; private int at;
    private Json(String s) { this.s = s; }
    static Object read(byte[] utf8) {
      try {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var json = new Json(decoder.decode(ByteBuffer.wrap(utf8)).toString());
        var value = json.value();
        json.space();
        if (json.at < json.s.length()) throw new IllegalArgumentException("more than one value");
        return value;
      } catch (CharacterCodingException | IndexOutOfBoundsException e) { throw new IllegalArgumentException(e); }
    }
    private void space() { while (at < s.length() && " \t\n\r".indexOf(s.charAt(at)) >= 0) at++; }
    private void expect(char c) { if (s.charAt(at++) != c) throw new IllegalArgumentException("expected " + c); }
    private boolean take(char c) { space(); if (s.charAt(at) != c) return false; at++; return true; }
    private Object value() {
      space();
      var c = s.charAt(at);
      if (c == '{') return object();
      if (c == '[') return array();
      if (c == '"') return string();
      for (var word : List.of("true", "false", "null")) {
        if (s.startsWith(word, at)) { at += word.length(); return c == 'n' ? null : (Object) (c == 't'); }
      }
      var number = java.util.regex.Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?").matcher(s);
      if (!number.region(at, s.length()).lookingAt()) throw new IllegalArgumentException("no value");
      at = number.end();
      return Double.parseDouble(number.group()) + 0.0;
    }
    private Map<String, Object> object() {
      var map = new LinkedHashMap<String, Object>();
      expect('{');
      if (take('}')) return map;
      do {
        space();
        var name = string();
        space(); expect(':');
        if (map.containsKey(name)) throw new IllegalArgumentException("repeated member");
        map.put(name, value());
      } while (take(','));
      space(); expect('}');
      return map;
    }
    private List<Object> array() {
      var list = new ArrayList<Object>();
      expect('[');
      if (take(']')) return list;
      do list.add(value()); while (take(','));
      space(); expect(']');
      return list;
    }
    private String string() {
      var out = new StringBuilder();
      expect('"');
      for (char c; (c = s.charAt(at++)) != '"'; ) {
        if (c < 0x20) throw new IllegalArgumentException("control character");
        if (c != '\\') { out.append(c); continue; }
        c = s.charAt(at++);
        var simple = "\"\\/bfnrt".indexOf(c);
        if (c == 'u') { out.append((char) Integer.parseUnsignedInt(s.substring(at, at += 4), 16)); }
        else if (simple >= 0) out.append("\"\\/\b\f\n\r\t".charAt(simple));
        else throw new IllegalArgumentException("escape");
      }
      return out.toString();
    }
  }
  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Object value) { return value instanceof Map ? (Map<String, Object>) value : null; }
  static Map<String, Object> strictObject(byte[] bytes, String reason) {
    try {
      var map = object(Json.read(bytes));
      if (map != null) return map;
    } catch (IllegalArgumentException e) { /* falls through */ }
    throw new Refusal(reason);
  }

  // ---- claims ------------------------------------------------------------------------------------------------------
  static final String PART = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?";
  static Predicate<Object> matching(String pattern) {
    return value -> value instanceof String && ((String) value).matches(pattern);
  }
  static Predicate<Object> text(int max) {
    return value -> value instanceof String && !((String) value).isEmpty() && ((String) value).length() <= max
        && ((String) value).codePoints().noneMatch(c -> Set.of(Character.CONTROL, Character.SURROGATE).contains((byte) Character.getType(c)));
  }
  static Predicate<Object> whole(long min) {
    return value -> value instanceof Double number && number == Math.rint(number) && number >= min && number <= 9007199254740991.0;
  }
  static final Predicate<Object> MEMBER = matching("urn:wasl:[a-z]{2}:" + PART), SYSTEM = matching("urn:wasl:[a-z]{2}:" + PART + ":" + PART),
      UUID_ = matching("[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
      TOPIC = matching("(?=.{1,200}$)[a-z0-9]+(?:[.-][a-z0-9]+)*\\.v[1-9][0-9]{0,3}"),
      DIGEST = value -> isBytes(value, 32);
  static final Map<String, Predicate<Object>> MANIFEST = Map.ofEntries(
      Map.entry("iss", SYSTEM), Map.entry("aud", MEMBER), Map.entry("jti", UUID_), Map.entry("iat", whole(0)), Map.entry("exp", whole(0)),
      Map.entry("topic", TOPIC), Map.entry("version", whole(1)), Map.entry("op", matching("put|delete")), Map.entry("key", text(256)),
      Map.entry("cty", matching("[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")),
      Map.entry("digest", DIGEST), Map.entry("salt", value -> isBytes(value, 16)), Map.entry("corr?", text(128)));
  static final Map<String, Predicate<Object>> EVIDENCE = Map.of("iss", SYSTEM, "iat", whole(0), "jti", UUID_, "sub", text(512),
      "toe", whole(0), "events", Verify::isOneEvent, "txn?", text(128));
  static final Map<String, Predicate<Object>> ACKNOWLEDGEMENT = Map.of("iss", SYSTEM, "aud", MEMBER, "jti", UUID_, "iat", whole(0),
      "exp", whole(0), "topic", TOPIC, "agreement", text(128), "ranges", Verify::isRanges, "count", whole(1), "root", DIGEST);
  static final String ETSI = "http://uri.etsi.org/19522/Event/";
  static final String EVENTS = ETSI + "(Submission(Acceptance|Rejection)|Content(Consignment|Handover)(Failure)?)"
      + "|urn:wasl:event:(AuditQuery|AccessRefusal|(Member|System)(Registered|Suspended|Resumed)|Key(Registered|Activated|Retired|Compromised)"
      + "|Agreement(Requested|Approved|Suspended|Resumed|Revoked|Expired)|Contract(Published|Version(Registered|Deprecated|Retired))"
      + "|Connector(Created|Changed|Paused|Resumed|Restarted|Deleted))";

  static boolean isOneEvent(Object value) {
    var events = object(value);
    if (events == null || events.size() != 1) return false;
    var event = events.entrySet().iterator().next();
    return event.getKey().matches(EVENTS) && object(event.getValue()) != null;
  }
  static boolean isRanges(Object value) {
    if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > 256) return false;
    var offset = matching("0|[1-9][0-9]{0,18}");
    var partition = -1.0;
    var end = BigDecimal.ZERO;
    for (var item : list) {
      var range = object(item);
      if (range == null || range.size() != 3 || !whole(0).test(range.get("partition"))) return false;
      if (!offset.test(range.get("first")) || !offset.test(range.get("last"))) return false;
      var in = (Double) range.get("partition");
      var first = new BigDecimal((String) range.get("first"));
      var last = new BigDecimal((String) range.get("last"));
      if (in < partition || in == partition && first.compareTo(end) <= 0 || last.compareTo(first) < 0) return false;
      partition = in;
      end = last;
    }
    return true;
  }
  static void checkClaims(Map<String, Object> claims, Map<String, Predicate<Object>> rules, String reason) {
    for (var rule : rules.keySet()) require(rule.endsWith("?") || claims.containsKey(rule), reason);
    claims.forEach((name, value) -> {
      var rule = rules.getOrDefault(name, rules.get(name + "?"));
      require(rule != null && rule.test(value), reason);
    });
  }

  // ---- trust file --------------------------------------------------------------------------------------------------
  record NoteKey(String name, String id, PublicKey key) {}
  final Map<String, Map<String, Object>> keys = new HashMap<>();
  final List<NoteKey> logs = new ArrayList<>();
  final String bus;

  Verify(Map<String, Object> trust) {
    var form = "malformed-trust";
    require("wasl-trust/1".equals(trust.get("format")) && MEMBER.test(trust.get("bus")), form);
    bus = (String) trust.get("bus");
    for (var item : (List<?>) trust.get("keys")) {
      var key = object(item);
      require(matching("pending|active|retired|compromised").test(key.get("status")) && SYSTEM.test(key.get("system")), form);
      for (var name : List.of("notBefore", "notAfter", "changedAt")) if (key.get(name) != null) millis(key.get(name));
      require(key.get("notBefore") != null && keys.put((String) key.get("kid"), key) == null, form);
    }
    for (var vkey : (List<?>) trust.get("log")) {
      var parts = ((String) vkey).split("\\+", 3);
      var data = parts.length == 3 ? decode(parts[2], false) : null;
      require(data != null && data.length == 33 && data[0] == 1 && isName(parts[0]), "malformed-key");
      var id = HexFormat.of().formatHex(sha256(ascii(parts[0] + "\n"), data), 0, 4);
      require(id.equals(parts[1]), "malformed-key");
      logs.add(new NoteKey(parts[0], id, ed25519(Arrays.copyOfRange(data, 1, 33))));
    }
  }
  static long millis(Object time) { return Instant.parse((String) time).toEpochMilli(); }
  static PublicKey ed25519(byte[] raw) { return spki("Ed25519", "302a300506032b6570032100", raw); }
  static PublicKey spki(String algorithm, String prefix, byte[] raw) {
    try { return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(join(HexFormat.of().parseHex(prefix), raw))); }
    catch (GeneralSecurityException e) { throw new Refusal("malformed-key"); }
  }
  static boolean verify(String algorithm, PublicKey key, byte[] data, byte[] signature) {
    try {
      var verifier = Signature.getInstance(algorithm);
      verifier.initVerify(key);
      verifier.update(data);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) { return false; }
  }
  void checkKeyAt(Object kid, long toe) {
    var key = keys.get(kid);
    var grace = 2000;
    var at = toe * 1000;
    var changed = key.get("changedAt");
    var until = key.get("notAfter");
    require(!"pending".equals(key.get("status")), "key-not-active");
    if ("compromised".equals(key.get("status"))) require(changed != null && at < millis(changed) + grace, "key-compromised");
    require(at + 999 >= millis(key.get("notBefore")), "key-not-active");
    require(until == null || at < millis(until) + grace, "key-not-active");
    var end = changed != null ? changed : until;
    if ("retired".equals(key.get("status"))) require(end != null && at < millis(end) + grace, "key-not-active");
  }

  // ---- signed tokens -----------------------------------------------------------------------------------------------
  record Token(String text, String kid, Map<String, Object> claims) {
    String claim(String name) { return String.valueOf(claims.get(name)); }
    long time(String name) { return ((Double) claims.get(name)).longValue(); }
  }
  Token read(String token, String typ, int limit, Map<String, Predicate<Object>> rules, String malformed) {
    var parts = token.split("\\.", -1);
    require(token.length() <= limit && parts.length == 3 && !parts[0].isEmpty(), malformed);
    byte[] header = decode(parts[0], true), payload = decode(parts[1], true), signature = decode(parts[2], true);
    require(header != null && payload != null && signature != null, malformed);
    var head = strictObject(header, malformed);
    var kid = head.get("kid");
    require(head.keySet().equals(Set.of("alg", "kid", "typ")) && typ.equals(head.get("typ")), malformed);
    require(head.get("alg") instanceof String && kid instanceof String && !((String) kid).isEmpty() && ((String) kid).length() <= 128, malformed);
    require(Set.of("Ed25519", "EdDSA", "ES256").contains(head.get("alg")), "unsupported-algorithm");
    require(signature.length == 64, malformed);
    var claims = strictObject(payload, malformed);
    checkClaims(claims, rules, malformed);
    require(keys.containsKey(kid), "unknown-key");
    var jwk = object(keys.get(kid).get("jwk"));
    var edwards = "OKP".equals(jwk.get("kty")) && "Ed25519".equals(jwk.get("crv"));
    require(edwards || "EC".equals(jwk.get("kty")) && "P-256".equals(jwk.get("crv")) && isBytes(jwk.get("y"), 32), "malformed-key");
    require(isBytes(jwk.get("x"), 32), "malformed-key");
    var y = edwards ? "" : ",\"y\":\"" + jwk.get("y") + "\"";
    var members = "{\"crv\":\"" + jwk.get("crv") + "\",\"kty\":\"" + jwk.get("kty") + "\",\"x\":\"" + jwk.get("x") + "\"" + y + "}";
    require(base64url(sha256(ascii(members))).equals(kid), "malformed-key");
    require(edwards != "ES256".equals(head.get("alg")), "algorithm-mismatch");
    var key = edwards ? ed25519(decode(jwk.get("x"), true))
        : spki("EC", "3059301306072a8648ce3d020106082a8648ce3d03010703420004", join(decode(jwk.get("x"), true), decode(jwk.get("y"), true)));
    var input = ascii(parts[0] + "." + parts[1]);
    require(verify(edwards ? "Ed25519" : "SHA256withECDSAinP1363Format", key, input, signature), "wrong-signature");
    return new Token(token, (String) kid, claims);
  }
  void checkIssuer(Token token) { require(token.claim("iss").equals(keys.get(token.kid).get("system")), "wrong-issuer"); }
  void checkParties(Token token) {
    checkIssuer(token);
    require(bus.equals(token.claims.get("aud")), "wrong-audience");
  }
  static void checkTimes(Token token, long toe) {
    long iat = token.time("iat"), exp = token.time("exp");
    require(exp > iat && exp - iat <= 300, "malformed-manifest");
    require(toe + 10 >= iat, "manifest-in-future");
    require(toe < exp + 60, "manifest-expired");
  }

  // ---- ledger ------------------------------------------------------------------------------------------------------
  record Proof(long index, List<byte[]> hashes, String checkpoint) {}
  record Checkpoint(long size, byte[] root) {}
  static boolean isName(String name) {
    return !name.isEmpty() && name.codePoints().noneMatch(c -> c == '+' || Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c));
  }
  static final byte[] LEAF = {0}, NODE = {1};

  static Proof readProof(String text) {
    var form = "malformed-proof";
    var blank = text.indexOf("\n\n");
    require(blank >= 0, form);
    var lines = new ArrayDeque<>(List.of(text.substring(0, blank).split("\n", -1)));
    require("c2sp.org/tlog-proof@v1".equals(lines.poll()), form);
    if (!lines.isEmpty() && lines.peek().startsWith("extra ")) require(decode(lines.poll().substring(6), false) != null, form);
    require(!lines.isEmpty() && lines.peek().matches("index (0|[1-9][0-9]{0,15})"), form);
    var index = Long.parseLong(lines.poll().substring(6));
    require(index <= 9007199254740991L && lines.size() <= 63, form);
    var hashes = lines.stream().map(line -> decode(line, false)).toList();
    for (var hash : hashes) require(hash != null && hash.length == 32, form);
    return new Proof(index, hashes, text.substring(blank + 2));
  }
  Checkpoint openCheckpoint(String note) {
    var form = "malformed-checkpoint";
    var split = note.lastIndexOf("\n\n");
    require(split >= 0 && note.endsWith("\n") && note.length() <= 1_000_000, form);
    require(note.codePoints().noneMatch(c -> c < 0x20 && c != '\n' || Character.getType(c) == Character.SURROGATE), form);
    var text = note.substring(0, split + 1);
    require(split + 2 < note.length(), form);
    var lines = note.substring(split + 2, note.length() - 1).split("\n", -1);
    require(lines.length <= 64, form);
    var signers = new HashSet<String>();
    for (var line : lines) {
      var parts = line.split(" ", -1);
      var blob = parts.length == 3 ? decode(parts[2], false) : null;
      require(blob != null && blob.length > 4 && parts[0].equals("\u2014") && isName(parts[1]), form);
      var id = HexFormat.of().formatHex(blob, 0, 4);
      for (var log : logs) {
        if (!log.name.equals(parts[1]) || !log.id.equals(id)) continue;
        require(verify("Ed25519", log.key, ascii(text), Arrays.copyOfRange(blob, 4, blob.length)), "wrong-signature");
        signers.add(log.name);
      }
    }
    require(!signers.isEmpty(), "unknown-log");
    var body = text.split("\n", -1);
    require(body.length == 4 && !body[0].isEmpty() && body[1].matches("0|[1-9][0-9]{0,15}"), form);
    var root = decode(body[2], false);
    require(root != null && root.length == 32 && Long.parseLong(body[1]) <= 9007199254740991L, form);
    require(signers.contains(body[0]), "unknown-log");
    return new Checkpoint(Long.parseLong(body[1]), root);
  }
  static void checkInclusion(Proof proof, Checkpoint checkpoint, byte[] entry) {
    require(proof.index < checkpoint.size, "invalid-proof");
    long f = proof.index, s = checkpoint.size - 1;
    var r = sha256(LEAF, entry);
    for (var p : proof.hashes) {
      require(s > 0, "invalid-proof");
      if (f % 2 == 1 || f == s) {
        r = sha256(NODE, p, r);
        while (f % 2 == 0 && f != 0) { f >>= 1; s >>= 1; }
      } else r = sha256(NODE, r, p);
      f >>= 1; s >>= 1;
    }
    require(s == 0 && Arrays.equals(r, checkpoint.root), "invalid-proof");
  }

  // ---- receipt -----------------------------------------------------------------------------------------------------
  record Report(boolean ok, String outcome, boolean transparent, List<String> made, List<String> failed) {}
  private final List<String> made = new ArrayList<>(), failed = new ArrayList<>();

  <T> T check(String name, Supplier<T> body) {
    made.add(name);
    try { return body.get(); } catch (Refusal refusal) { failed.add(name + ":" + refusal.getMessage()); return null; }
  }
  boolean check(String name, Runnable body) { return check(name, () -> { body.run(); return true; }) != null; }
  static void same(Object stated, Object signed) { require(signed.equals(stated), "evidence-mismatch"); }

  Report verifyReceipt(Object value, byte[] payload, boolean requireProof) {
    made.clear();
    failed.clear();
    var receipt = object(value);
    if (!check("receipt-form", () -> {
      require(receipt != null && receipt.values().stream().allMatch(String.class::isInstance), "malformed-receipt");
      var names = new HashSet<>(receipt.keySet());
      names.remove("proof");
      require(names.equals(Set.of("format", "manifest", "evidence")) || names.equals(Set.of("format", "acknowledgement", "evidence")), "malformed-receipt");
      require("wasl-receipt/1".equals(receipt.get("format")), "malformed-receipt");
    })) return new Report(false, null, false, made, failed);

    var evidence = check("evidence-signature", () -> read((String) receipt.get("evidence"), "evidence+jwt", 65535, EVIDENCE, "malformed-evidence"));
    var event = evidence == null ? "" : object(evidence.claims.get("events")).keySet().iterator().next();
    var body = evidence == null ? null : object(object(evidence.claims.get("events")).get(event));
    if (evidence != null) {
      check("evidence-issuer", () -> {
        checkIssuer(evidence);
        require(evidence.claim("iss").replaceFirst(":[^:]*$", "").equals(bus), "wrong-issuer");
      });
      check("evidence-key", () -> {
        require(!"compromised".equals(keys.get(evidence.kid).get("status")), "key-compromised");
        checkKeyAt(evidence.kid, evidence.time("toe"));
      });
    }
    if (receipt.containsKey("manifest")) verifyManifest((String) receipt.get("manifest"), evidence, event, body, payload);
    else verifyAcknowledgement((String) receipt.get("acknowledgement"), evidence, event, body);

    var transparent = false;
    if (receipt.containsKey("proof")) {
      var proof = new Proof[1];
      var checkpoint = check("checkpoint", () -> openCheckpoint((proof[0] = readProof((String) receipt.get("proof"))).checkpoint));
      transparent = checkpoint != null && check("inclusion", () -> checkInclusion(proof[0], checkpoint, ascii((String) receipt.get("evidence"))));
    } else if (requireProof) check("inclusion", () -> require(false, "proof-missing"));
    var outcome = Map.of(ETSI + "SubmissionAcceptance", "accepted", ETSI + "SubmissionRejection", "rejected", ETSI + "ContentHandover", "handed-over").get(event);
    return new Report(failed.isEmpty(), outcome, transparent, made, failed);
  }
  void verifyManifest(String text, Token evidence, String event, Map<String, Object> body, byte[] given) {
    var manifest = check("manifest-signature", () -> read(text, "wasl-manifest+jwt", 8192, MANIFEST, "malformed-manifest"));
    if (manifest == null) return;
    var accepted = event.equals(ETSI + "SubmissionAcceptance");
    check("manifest-issuer", () -> checkParties(manifest));
    if (evidence != null) check("evidence-binds-manifest", () -> {
      require(accepted || event.equals(ETSI + "SubmissionRejection"), "evidence-mismatch");
      same(evidence.claim("sub"), "urn:uuid:" + manifest.claim("jti"));
      same(body.get("manifest"), base64url(sha256(ascii(text))));
      if (!accepted) return;
      same(body.get("sender"), manifest.claims.get("iss"));
      for (var name : List.of("topic", "version", "op", "digest")) same(body.get(name), manifest.claims.get(name));
    });
    if (accepted) {
      check("manifest-key", () -> checkKeyAt(manifest.kid, evidence.time("toe")));
      check("manifest-times", () -> checkTimes(manifest, evidence.time("toe")));
    }
    var payload = given == null && manifest.claim("op").equals("delete") ? new byte[0] : given;
    if (payload != null) check("payload-digest", () -> {
      require(base64url(sha256(decode(manifest.claim("salt"), true), payload)).equals(manifest.claim("digest")), "payload-altered");
      if (accepted) same(body.get("size"), (double) payload.length);
    });
  }
  void verifyAcknowledgement(String text, Token evidence, String event, Map<String, Object> body) {
    var token = check("acknowledgement-signature", () -> read(text, "wasl-acknowledgement+jwt", 32768, ACKNOWLEDGEMENT, "malformed-acknowledgement"));
    if (token == null) return;
    check("acknowledgement-issuer", () -> checkParties(token));
    if (evidence == null) return;
    check("evidence-binds-acknowledgement", () -> {
      require(event.equals(ETSI + "ContentHandover"), "evidence-mismatch");
      same(evidence.claim("sub"), "urn:uuid:" + token.claim("jti"));
      same(body.get("acknowledgement"), text);
      same(body.get("recipient"), token.claims.get("iss"));
      for (var name : List.of("agreement", "topic", "count", "root", "ranges")) same(body.get(name), token.claims.get(name));
    });
    if (!event.equals(ETSI + "ContentHandover")) return;
    check("acknowledgement-key", () -> checkKeyAt(token.kid, evidence.time("toe")));
    check("acknowledgement-times", () -> checkTimes(token, evidence.time("toe")));
  }

  // ---- command line ------------------------------------------------------------------------------------------------
  static String line(Report report) {
    return (report.ok ? "good" : "bad") + " " + report.outcome + " " + (report.transparent ? "transparent" : "opaque") + " " + String.join(" ", report.failed);
  }
  static Object file(String path) throws Exception { return Json.read(Files.readAllBytes(Path.of(path))); }

  boolean runCase(Map<String, Object> one) {
    var expected = object(one.get("expected"));
    var wanted = ((List<?>) expected.get("failed")).stream().map(Verify::object).map(f -> f.get("check") + ":" + f.get("reason")).toList();
    var payload = one.containsKey("payload") ? decode(one.get("payload"), true) : null;
    var report = verifyReceipt(one.get("receipt"), payload, one.containsKey("requireProof"));
    var right = expected.get("ok").equals(report.ok) && Objects.equals(expected.get("outcome"), report.outcome)
        && expected.get("transparent").equals(report.transparent) && wanted.equals(report.failed);
    System.out.println((right ? "as expected  " : "UNEXPECTED   ") + one.get("name") + ": " + line(report));
    return right;
  }
  public static void main(String[] args) throws Exception {
    var words = new ArrayList<>(List.of(args));
    var requireProof = words.remove("--require-proof");
    var cases = words.remove("--cases");
    if (words.size() < 2) { System.err.println("java Verify.java [--require-proof] trust.json receipt.json [payload-file]"); System.exit(2); }
    try {
      var verifier = new Verify(object(file(words.get(0))));
      var subject = file(words.get(1));
      if (cases) {
        var unexpected = ((List<?>) subject).stream().filter(one -> !verifier.runCase(object(one))).count();
        System.out.println(((List<?>) subject).size() + " cases, " + unexpected + " unexpected");
        System.exit(unexpected == 0 ? 0 : 1);
      }
      var report = verifier.verifyReceipt(subject, words.size() > 2 ? Files.readAllBytes(Path.of(words.get(2))) : null, requireProof);
      System.out.println(line(report) + "\nchecks made: " + String.join(" ", report.made));
      System.exit(report.ok ? 0 : 1);
    } catch (Refusal | IllegalArgumentException | ClassCastException | java.time.DateTimeException | java.io.IOException e) {
      System.err.println("unusable input: " + e.getMessage());
      System.exit(2);
    }
  }
}
