package dev.narrows.examples.orders;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;

/** Writes all clips of a data set by several workers. */
final class ClipWriter {

    private final Path folder;
    private final List<Task> tasks = new ArrayList<>();
    private final AtomicReferenceArray<List<Written>> results;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private int files; // guarded by this

    /** One clip of a split to be made. */
    private record Task(ClipMaker maker, int number) {}

    /** A clip that is on disk. */
    record Written(Manifest.Row row, String sha256) {}

    ClipWriter(Path folder, Recipe recipe, Map<Split, ClipMaker> makers) throws IOException {
        this.folder = folder;
        for (Map.Entry<Split, ClipMaker> entry : makers.entrySet()) {
            Split split = entry.getKey();
            for (int i = 0; i < recipe.clips(split); i++) {
                tasks.add(new Task(entry.getValue(), i));
            }
            for (String label : Phrases.LABELS) {
                Files.createDirectories(folder.resolve(split.folder()).resolve(label));
                if (split.hasNoisy()) {
                    Files.createDirectories(folder.resolve(split.noisyFolder()).resolve(label));
                }
            }
        }
        this.results = new AtomicReferenceArray<>(tasks.size());
    }

    /** All clips, split by split in the order of their numbers, each noisy copy after its clean clip. */
    List<Written> write(int workers, IntConsumer progress) {
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        try {
            List<CompletableFuture<Void>> running = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                running.add(CompletableFuture.runAsync(() -> work(progress), pool));
            }
            CompletableFuture.allOf(running.toArray(new CompletableFuture<?>[0]))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        } finally {
            pool.shutdownNow();
        }
        List<Written> written = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            written.addAll(results.get(i));
        }
        return written;
    }

    private void work(IntConsumer progress) {
        try {
            for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
                if (stopped.get()) {
                    return;
                }
                List<Written> written = write(tasks.get(i));
                results.set(i, written);
                synchronized (this) {
                    files += written.size();
                    progress.accept(files);
                }
            }
        } catch (RuntimeException e) {
            stopped.set(true); // for the other workers
            throw e;
        }
    }

    private List<Written> write(Task task) {
        List<Written> written = new ArrayList<>();
        for (Clip clip : task.maker().make(task.number())) {
            byte[] wav = Pcm.wav(clip.samples());
            try {
                Files.write(folder.resolve(clip.row().file()), wav);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            written.add(new Written(clip.row(), Sha256.hex(Sha256.of(wav))));
        }
        return written;
    }
}
