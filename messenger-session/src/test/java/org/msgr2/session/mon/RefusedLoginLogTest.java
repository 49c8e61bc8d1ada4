package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.cephx.LoginListener.Reason;
import org.msgr2.session.testing.LogCapture;

/** A stranger chooses the name that it is refused under. */
class RefusedLoginLogTest {
    private final RefusedLoginLog log = new RefusedLoginLog();

    private String line(String id, Reason reason, long leftOut) {
        try (LogCapture lines = LogCapture.of(RefusedLoginLog.class.getName())) {
            log.refused(id == null ? null : new EntityName(EntityType.CLIENT, id), null, reason, leftOut);
            assertThat(lines.lines()).hasSize(1);
            return lines.lines().get(0);
        }
    }

    @Test
    void saysWhoAndWhyAndHowManyMore() {
        assertThat(line("admin", Reason.WRONG_KEY, 0)).isEqualTo("login refused: client.admin: wrong key");
        assertThat(line("admin", Reason.UNKNOWN_ENTITY, 7))
                .isEqualTo("login refused: client.admin: unknown entity, and 7 like it before");
        assertThat(line(null, Reason.METHOD, 0)).isEqualTo("login refused: nobody: method");
    }

    @Test
    void saysWhereFrom() {
        try (LogCapture lines = LogCapture.of(RefusedLoginLog.class.getName())) {
            log.refused(
                    new EntityName(EntityType.CLIENT, "admin"),
                    EntityAddr.parse("v2:10.0.0.9:51000/0"),
                    Reason.WRONG_KEY,
                    0);
            assertThat(lines.lines()).containsExactly("login refused: client.admin at v2:10.0.0.9:51000/0: wrong key");
        }
    }

    @Test
    void aNameCannotForgeALine() {
        assertThat(line("x\r\nERROR all is lost\u001b[2J\u202e\\u0041", Reason.TICKET, 0))
                .isEqualTo("login refused: client.x\\u000d\\u000aERROR\\u0020all\\u0020is\\u0020lost\\u001b[2J\\u202e"
                        + "\\u005cu0041: ticket");
    }

    @Test
    void aLongNameIsCut() {
        assertThat(line("x".repeat(256), Reason.TICKET, 0))
                .isEqualTo("login refused: client." + "x".repeat(57) + "...: ticket");
    }
}
