package org.msgr2.confd.wire;

/**
 * The answer to a question, before it is put into a datagram or anything else.
 *
 * @param body the value of "answer": what was asked for, or an error's code or text
 * @param serial of the object that the answer is about; 0 where there is none
 */
public record Answer(Status status, AnswerBody body, long serial) {

    public static Answer ok(AnswerBody body, long serial) {
        return new Answer(Status.OK, body, serial);
    }

    public static Answer error(ErrorCode code, Era era) {
        return new Answer(Status.ERROR, out -> out.writeNumber(code.code(era)), 0);
    }

    public static Answer error(String text) {
        return new Answer(Status.ERROR, out -> out.writeString(text), 0);
    }
}
