/** The messenger: sessions, services, and the Netty and in-process transports. */
// The digit in the name is the protocol's; Micrometer's name in its manifest is all that makes it a module.
@SuppressWarnings({"module", "requires-transitive-automatic"})
module org.msgr2.session {
    requires static transitive org.jspecify;
    requires transitive org.msgr2.crypto;
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive micrometer.core;
    requires io.netty.transport;
    requires io.netty.codec;
    requires io.netty.handler;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires static io.netty.transport.classes.io_uring; // present only where the application adds it
    requires static com.fasterxml.jackson.databind; // these too
    requires static io.netty.resolver.dns;
    requires static io.netty.codec.dns;
    requires static io.netty.resolver;
    requires org.jctools.core;
    requires org.slf4j;

    exports org.msgr2.session;
    exports org.msgr2.session.mon;
    exports org.msgr2.session.rpc;
    exports org.msgr2.session.rpc.json;
    exports org.msgr2.session.rpc.dns;
    exports org.msgr2.session.service;
    exports org.msgr2.session.transport;
    exports org.msgr2.session.netty;
    exports org.msgr2.session.inproc;
}
