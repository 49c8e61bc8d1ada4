package org.msgr2.crypto.auth.cephx;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.Capture;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyUsage;

/** Recorded encodings of every structure of cephx, the sealed ones opened. */
final class StructureCorpus {
    private static final int HEADER_BYTES = Short.BYTES + Integer.BYTES;

    /**
     * One encoding.
     *
     * @param mayEndEarly some of its shorter beginnings are complete too
     * @param hasVersion begins with struct_v
     */
    record Sample(
            String name,
            byte[] bytes,
            boolean hasVersion,
            boolean mayEndEarly,
            Envelope.Body<? extends Encodable> decoder) {
        /** @throws ProtocolException if these are not exactly such a structure */
        Encodable decode(byte[] encoding) throws ProtocolException {
            WireReader in = new WireReader(Unpooled.wrappedBuffer(encoding));
            Encodable decoded = decoder.read(in);
            Decoding.end(in, name);
            return decoded;
        }

        @Override
        public String toString() {
            return name + ", " + bytes.length + " bytes";
        }
    }

    private final List<Sample> samples = new ArrayList<>();

    private StructureCorpus() {}

    static List<Sample> samples() {
        StructureCorpus corpus = new StructureCorpus();
        try {
            for (RecordedHandshake login : RecordedHandshake.withMon().toList()) {
                corpus.addLogin(login);
            }
            for (RecordedHandshake login : RecordedHandshake.withService().toList()) {
                corpus.addService(login);
            }
            for (JsonNode rotating :
                    CephVectors.json("ceph/z_cephx_primitives.json").get("rotating")) {
                corpus.addRotating(rotating);
            }
            for (JsonNode ticket :
                    CephVectors.json("ceph/z_cephx_primitives.json").get("service_ticket")) {
                corpus.addTicket(ticket);
            }
            corpus.addMessages(CephVectors.capture("f_osd_mon"));
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
        corpus.add("ServiceTicketRequest", new ServiceTicketRequest(0x17).encoded(), ServiceTicketRequest::read);
        return corpus.samples;
    }

    private void addLogin(RecordedHandshake login) throws ProtocolException {
        samples.add(new Sample("MonRequest", login.request().toByteArray(), false, false, MonRequest::read));
        add("ServerChallenge", login.challenge(), ServerChallenge::read);
        add("Authenticate", tail(login.proof(), Short.BYTES), Authenticate::read);
        samples.add(new Sample(
                "RequestType", head(login.proof(), Short.BYTES).toByteArray(), false, false, RequestType::read));
        samples.add(new Sample(
                "ResponseHeader", head(login.done(), HEADER_BYTES).toByteArray(), false, false, ResponseHeader::read));
        Opaque body = tail(login.done(), HEADER_BYTES);
        samples.add(new Sample("LoginReply", body.toByteArray(), true, true, LoginReply::read));
        LoginReply reply = LoginReply.read(Decoding.reader(body));
        add("ServiceTicketReply", reply.login().encoded(), ServiceTicketReply::read);
        CryptoKey own =
                login.ownKey(MonRequest.read(Decoding.reader(login.request())).name());
        for (IssuedTicket issued : reply.login().tickets()) {
            samples.add(new Sample("IssuedTicket", issued.encoded().toByteArray(), false, false, IssuedTicket::read));
            Encodable ticket =
                    Envelope.open(own, KeyUsage.TICKET_SESSION_KEY, issued.sealedTicket(), ServiceTicket::read);
            add("ServiceTicket", ticket.encoded(), ServiceTicket::read);
        }
        if (!reply.extra().isEmpty()) {
            add("ServiceTicketReply", reply.extra(), ServiceTicketReply::read);
        }
    }

    private void addService(RecordedHandshake login) throws ProtocolException {
        add("Authorizer", login.request(), Authorizer::read);
        Authorizer shown = Authorizer.read(Decoding.reader(login.request()));
        add("TicketBlob", shown.ticket().encoded(), TicketBlob::read);
        CryptoKey key = login.serviceSessionKey(shown);
        Encodable first = Envelope.open(key, KeyUsage.AUTHORIZE, shown.sealedAuthorize(), Authorize::read);
        add("Authorize", first.encoded(), Authorize::read);
        Encodable challenge =
                Envelope.open(key, KeyUsage.AUTHORIZE_CHALLENGE, login.challenge(), AuthorizeChallenge::read);
        add("AuthorizeChallenge", challenge.encoded(), AuthorizeChallenge::read);
        Opaque sealed = Decoding.reader(login.done()).blob("reply", Decoding.BYTES_MAX);
        Encodable reply = Envelope.open(key, KeyUsage.AUTHORIZE_REPLY, sealed, AuthorizeReply::read);
        add("AuthorizeReply", reply.encoded(), AuthorizeReply::read);
    }

    private void addRotating(JsonNode recorded) throws ProtocolException {
        byte[] front = HexFormat.of().parseHex(recorded.get("mauthreply_front").asText());
        AuthReplyMessage message = AuthReplyMessage.read(Unpooled.wrappedBuffer(front));
        Opaque sealed = Decoding.reader(tail(message.payload(), HEADER_BYTES)).blob("secrets", Decoding.BYTES_MAX);
        RotatingSecrets secrets = Envelope.open(
                RecordedHandshake.aes(recorded.get("entity_secret").asText()),
                KeyUsage.ROTATING_SECRETS,
                sealed,
                RotatingSecrets::read);
        add("RotatingSecrets", secrets.encoded(), RotatingSecrets::read);
        secrets.keys().values().forEach(key -> add("ExpiringKey", key.encoded(), ExpiringKey::read));
    }

    private void addTicket(JsonNode recorded) throws ProtocolException {
        ServiceTicketInfo info = Envelope.open(
                RecordedHandshake.aes(recorded.get("rotating_secret").asText()),
                KeyUsage.TICKET_INFO,
                RecordedHandshake.hex(recorded.get("blob").asText()),
                ServiceTicketInfo::read);
        add("ServiceTicketInfo", info.encoded(), ServiceTicketInfo::read);
        add("AuthTicket", info.ticket().encoded(), AuthTicket::read);
        add("AuthCaps", info.ticket().caps().encoded(), AuthCaps::read);
    }

    private void addMessages(Capture capture) throws WireException {
        for (RecordedFrame frame : capture.frames()) {
            String type = frame.fields().at("/header2/type_name").asText();
            if (type.equals("auth") || type.equals("auth_reply")) {
                int length = frame.fields().get("front_len").asInt();
                int at = frame.wire().length - 13 - length;
                Opaque front = tail(Opaque.copyOf(Arrays.copyOf(frame.wire(), at + length)), at);
                samples.add(
                        type.equals("auth")
                                ? new Sample("AuthMessage", front.toByteArray(), false, true, StructureCorpus::auth)
                                : new Sample(
                                        "AuthReplyMessage",
                                        front.toByteArray(),
                                        false,
                                        false,
                                        StructureCorpus::authReply));
            }
        }
    }

    private static AuthMessage auth(WireReader in) throws WireException {
        return AuthMessage.read(Unpooled.wrappedBuffer(in.bytes(in.remaining(), "front")));
    }

    private static AuthReplyMessage authReply(WireReader in) throws WireException {
        return AuthReplyMessage.read(Unpooled.wrappedBuffer(in.bytes(in.remaining(), "front")));
    }

    private void add(String name, Opaque encoding, Envelope.Body<? extends Encodable> decoder) {
        samples.add(new Sample(name, encoding.toByteArray(), true, false, decoder));
    }

    private static Opaque head(Opaque bytes, int length) {
        return Opaque.copyOf(Arrays.copyOf(bytes.toByteArray(), length));
    }

    private static Opaque tail(Opaque bytes, int from) {
        return Opaque.copyOf(Arrays.copyOfRange(bytes.toByteArray(), from, bytes.length()));
    }
}
