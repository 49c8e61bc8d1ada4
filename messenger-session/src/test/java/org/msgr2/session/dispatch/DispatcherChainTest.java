package org.msgr2.session.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;
import org.slf4j.LoggerFactory;

class DispatcherChainTest {
    private final List<String> log = new ArrayList<>();
    private final Connection connection = new StillConnection();

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(DispatcherChain.class);

    @BeforeEach
    void keepTheLog() {
        logged.start();
        logger.addAppender(logged);
        logger.setAdditive(false);
    }

    @AfterEach
    void leaveTheLog() {
        logger.setAdditive(true);
        logger.detachAppender(logged);
    }

    /** Takes one type of message, writes down what it is asked, and fails if it shall. */
    private final class Noting implements Dispatcher {
        private final String name;
        private final int type;
        private final boolean failing;

        Noting(String name, int type, boolean failing) {
            this.name = name;
            this.type = type;
            this.failing = failing;
        }

        @Override
        public boolean canFastDispatch(int messageType) {
            return messageType == -type;
        }

        @Override
        public void fastDispatch(Connection from, Message message) {
            note("fast " + message.type());
        }

        @Override
        public boolean dispatch(Connection from, Message message) {
            note("dispatch " + message.type());
            return message.type() == type;
        }

        @Override
        public void onEvent(Connection from, SessionEvent event) {
            note("event");
        }

        private void note(String what) {
            log.add(name + " " + what);
            if (failing) {
                throw new IllegalArgumentException("as the test wants it");
            }
        }
    }

    private static Message message(int type) {
        return Message.builder(type).build();
    }

    @Test
    void theFirstThatWantsAMessageGetsIt() {
        DispatcherChain chain = new DispatcherChain(
                List.of(new Noting("a", 1, false), new Noting("b", 2, false), new Noting("c", 2, false)));
        chain.dispatch(connection, message(2));
        assertThat(log).containsExactly("a dispatch 2", "b dispatch 2");
        assertThat(chain.unclaimed()).isZero();
    }

    @Test
    void messagesThatNobodyWantsAreCountedAndTheirTypesLoggedOnceEach() {
        DispatcherChain chain = new DispatcherChain(List.of(new Noting("a", 1, false)));
        for (int i = 0; i < 1000; i++) {
            chain.dispatch(connection, message(200 + i % 2));
        }
        assertThat(chain.unclaimed()).isEqualTo(1000);
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "nobody handles type 200: the first came from v2:10.0.0.1:3300/7",
                        "nobody handles type 201: the first came from v2:10.0.0.1:3300/7");
    }

    @Test
    void aPeerThatMakesUpTypesCannotFillTheLog() {
        DispatcherChain chain = new DispatcherChain(List.of());
        for (int type = 0; type < 65_536; type++) {
            chain.dispatch(connection, message(type));
        }
        assertThat(chain.unclaimed()).isEqualTo(65_536);
        assertThat(chain.fast(5)).isNull();
        assertThat(logged.list).hasSize(256);
    }

    @Test
    void whoFailsHasTakenTheMessage() {
        DispatcherChain chain = new DispatcherChain(List.of(new Noting("a", 1, true), new Noting("b", 2, false)));
        assertThatCode(() -> chain.dispatch(connection, message(2))).doesNotThrowAnyException();
        assertThat(log).containsExactly("a dispatch 2");
        assertThat(chain.unclaimed()).isZero();
    }

    @Test
    void theFirstThatIsFastTakesItAndMayFail() {
        Noting failing = new Noting("b", 2, true);
        DispatcherChain chain = new DispatcherChain(List.of(new Noting("a", 1, false), failing));
        assertThat(chain.fast(-2)).isSameAs(failing);
        assertThat(chain.fast(2)).isNull();
        assertThatCode(() -> chain.fastDispatch(failing, connection, message(2)))
                .doesNotThrowAnyException();
        assertThat(log).containsExactly("b fast 2");
    }

    @Test
    void everybodyHearsOfEveryEventEvenIfOneFails() {
        DispatcherChain chain = new DispatcherChain(
                List.of(new Noting("a", 1, false), new Noting("b", 1, true), new Noting("c", 1, false)));
        assertThatCode(() -> chain.event(connection, new SessionEvent.Writable()))
                .doesNotThrowAnyException();
        assertThat(log).containsExactly("a event", "b event", "c event");
    }

    @Test
    void theChainIsFixedWhenItIsMade() {
        List<Dispatcher> dispatchers = new ArrayList<>(List.of(new Noting("a", 1, false)));
        DispatcherChain chain = new DispatcherChain(dispatchers);
        dispatchers.clear();
        chain.dispatch(connection, message(1));
        assertThat(chain.unclaimed()).isZero();
    }

    @Test
    void aDispatcherWantsNothingByDefault() {
        DispatcherChain chain = new DispatcherChain(List.of(new Dispatcher() {}));
        assertThat(chain.fast(1)).isNull();
        chain.dispatch(connection, message(1));
        chain.event(connection, new SessionEvent.Writable());
        assertThat(chain.unclaimed()).isEqualTo(1);
    }
}
