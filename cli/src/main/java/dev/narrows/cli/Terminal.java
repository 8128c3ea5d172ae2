package dev.narrows.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Where a command writes: results to {@code out}, everything else to {@code err}.
 *
 * @param out results, UTF-8
 * @param err errors and progress, UTF-8
 * @param errIsTerminal whether a person watches {@code err}; only then is progress shown
 * @param nanoClock for progress
 */
record Terminal(PrintWriter out, PrintWriter err, boolean errIsTerminal, LongSupplier nanoClock) {

    private static final int STDERR = 2;

    static Terminal system() {
        return new Terminal(
                writer(FileDescriptor.out), writer(FileDescriptor.err), isTerminal(STDERR), System::nanoTime);
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), false);
    }

    /** Java cannot ask before version 22; Linux tells by the name of what the descriptor is. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** A bar for {@code total} steps of {@code what}; shown only to a person who has waited 2 s. */
    Progress progress(String what, long total) {
        return new Progress(this, what, total);
    }

    /** A line for work whose steps cannot be counted; shown only to a person who has waited 2 s. */
    <T, X extends Exception> T waiting(String what, Work<T, X> work) throws X {
        Waiting waiting = new Waiting(this, what);
        try {
            return work.run();
        } finally {
            waiting.close();
        }
    }

    /** Work that gives a {@code T} or fails with an {@code X}. */
    interface Work<T, X extends Exception> {

        T run() throws X;
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
