package org.msgr2.confd.luxi.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.confd.luxi.Fixtures;
import org.msgr2.confd.luxi.Fixtures.RecordedJobs;
import org.msgr2.confd.luxi.LuxiEngine;

class JobDirectoryTest {
    @TempDir
    Path directory;

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void listsJobsByTheirFilesNames() throws IOException {
        for (String name :
                new String[] {"job-1", "job-20", "job-x", "job-", "job-1.new", "serial", "job-99999999999999999999"}) {
            write(name, "{}");
        }
        write("archive/0/job-7", "{}");
        write("archive/3/job-30001", "{}");

        JobDirectory queue = new JobDirectory(directory);
        assertThat(queue.ids(false)).containsExactlyInAnyOrder(1L, 20L);
        assertThat(queue.ids(true)).containsExactlyInAnyOrder(1L, 20L, 7L, 30001L);
    }

    @Test
    void findsArchivedJobsInTheirPartOfTheArchive() throws IOException {
        write("archive/3/job-30001", "{\"ops\":[]}");
        JobDirectory queue = new JobDirectory(directory);
        assertThat(queue.find(30001).archived()).isTrue();
        assertThat(new String(queue.find(30001).json(), UTF_8)).isEqualTo("{\"ops\":[]}");
        assertThat(queue.find(30002)).isNull();
    }

    @Test
    void isEmptyWhereThereIsNoQueue() {
        JobDirectory queue = new JobDirectory(directory.resolve("none"));
        assertThat(queue.ids(true)).isEmpty();
        assertThat(queue.find(1)).isNull();
    }

    @Test
    void answersFromFilesAsFromMemory() throws IOException {
        JsonNode files = Fixtures.vectors("luxi-more.json").path("jobs");
        for (var file : files.properties()) {
            write(file.getKey(), file.getValue().asText());
        }
        LuxiEngine memory = Fixtures.engine("config-small.data", new RecordedJobs(files));
        LuxiEngine disk = Fixtures.engine("config-small.data", new JobDirectory(directory));
        String args = "[[],[\"id\",\"status\",\"summary\",\"archived\"]]";
        JsonNode answer = Fixtures.call(disk, "QueryJobs", args);
        assertThat(answer).isEqualTo(Fixtures.call(memory, "QueryJobs", args));
        assertThat(answer.path("result")).hasSize(16);
    }
}
