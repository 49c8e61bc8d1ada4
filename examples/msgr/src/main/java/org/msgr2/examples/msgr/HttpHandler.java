package org.msgr2.examples.msgr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of one connection, one after the other: GET and HEAD, and nothing else. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, and that is noticed
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);

    private final HttpServer.Pages pages;

    HttpHandler(HttpServer.Pages pages) {
        this.pages = pages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean head = request.method().equals(HttpMethod.HEAD);
        HttpPage page = answer(request, head);
        ByteBuf body = Unpooled.copiedBuffer(page.body(), StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(page.status()), head ? Unpooled.EMPTY_BUFFER : body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("x-content-type-options", "nosniff");
        if (page.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        if (request.decoderResult().isFailure()) {
            // Where the next request would begin is not known.
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        context.writeAndFlush(response);
    }

    private HttpPage answer(FullHttpRequest request, boolean head) {
        if (request.decoderResult().isFailure()) {
            return plain(HttpResponseStatus.BAD_REQUEST);
        }
        if (!head && !request.method().equals(HttpMethod.GET)) {
            return plain(HttpResponseStatus.METHOD_NOT_ALLOWED);
        }
        try {
            String accepted = request.headers().get(HttpHeaderNames.ACCEPT);
            HttpPage page = pages.get(new QueryStringDecoder(request.uri()).path(), accepted == null ? "" : accepted);
            return page == null ? plain(HttpResponseStatus.NOT_FOUND) : page;
        } catch (RuntimeException e) {
            LOG.error("{} failed", Faults.oneLine(request.uri()), e);
            return plain(HttpResponseStatus.INTERNAL_SERVER_ERROR);
        }
    }

    private static HttpPage plain(HttpResponseStatus status) {
        return new HttpPage(status.code(), HttpPage.TEXT, status + "\n");
    }

    /** Timeouts, and connections that break: nobody is left to tell. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("the HTTP connection of {} ends: {}", context.channel().remoteAddress(), cause.toString());
        context.close();
    }
}
