package dev.narrows.items;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFilesTest {

    @TempDir
    Path directory;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectories(directory.resolve("cats"));
        for (String name : List.of("b.wav", "a.WAV", "cats/2.png", "cats/1.jpeg", "notes.txt", ".hidden.wav")) {
            Files.createFile(directory.resolve(name));
        }
    }

    @Test
    void of_directory_givesItsItemsSortedWithThoseBelow() {
        assertThat(names(directory.toString())).containsExactly("a.WAV", "b.wav", "cats/1.jpeg", "cats/2.png");
    }

    @Test
    void of_linkedDirectory_givesItsItems() throws IOException {
        Files.createSymbolicLink(directory.resolve("cats/more"), Files.createDirectory(directory.resolve(".dogs")));
        Files.createFile(directory.resolve(".dogs/3.png"));

        assertThat(names(directory + "/cats")).containsExactly("cats/1.jpeg", "cats/2.png", "cats/more/3.png");
    }

    @Test
    void of_file_givesItWhateverItsName() {
        assertThat(names(directory.resolve("notes.txt").toString())).containsExactly("notes.txt");
    }

    @Test
    void of_pattern_givesMatchesSorted() {
        assertThat(names(directory + "/*.{wav,WAV}")).containsExactly("a.WAV", "b.wav");
        assertThat(names(directory + "/cats/?.*")).containsExactly("cats/1.jpeg", "cats/2.png");
        assertThat(names(directory + "/**.png")).containsExactly("cats/2.png");
    }

    @Test
    void of_sameFileTwice_givesItOnceInTheFirstPlace() {
        assertThat(names(directory.resolve("b.wav").toString(), directory.toString()))
                .containsExactly("b.wav", "a.WAV", "cats/1.jpeg", "cats/2.png");
    }

    @Test
    void of_nothing_isInvalid() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertThatThrownBy(() -> InputFiles.of(List.of(directory + "/none.wav")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such file or directory");
        assertThatThrownBy(() -> InputFiles.of(List.of(directory + "/*.flac")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("nothing matches");
        assertThatThrownBy(() -> InputFiles.of(List.of(directory + "/none/*.wav")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such directory");
        assertThatThrownBy(() -> InputFiles.of(List.of(directory + "/[.wav")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("not a pattern");
        assertThatThrownBy(() -> InputFiles.of(List.of(empty.toString())))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no items in");
    }

    private List<String> names(String... arguments) {
        return InputFiles.of(List.of(arguments)).stream()
                .map(file -> directory.relativize(file).toString().replace('\\', '/'))
                .toList();
    }
}
