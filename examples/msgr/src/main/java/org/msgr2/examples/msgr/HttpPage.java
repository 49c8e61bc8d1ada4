package org.msgr2.examples.msgr;

/**
 * What a GET is answered with.
 *
 * @param status of HTTP
 * @param contentType with its charset, which is UTF-8
 */
record HttpPage(int status, String contentType, String body) {
    static final String JSON = "application/json; charset=utf-8";
    static final String TEXT = "text/plain; charset=utf-8";

    static HttpPage json(int status, Object body) {
        return new HttpPage(status, JSON, body + "\n");
    }
}
