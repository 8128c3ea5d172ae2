package dev.narrows.benchmarks;

import dev.narrows.device.HybridModel;
import dev.narrows.device.Prediction;
import dev.narrows.emulator.LinkEmulator;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.Link;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** One device of {@link LinkCut}, with a link of its own. */
record LinkCutDevice(
        Path bundle,
        String codec,
        Link link,
        int serverPort,
        List<Tensor> clips,
        List<Tensor> own,
        int predictions,
        int seed,
        LinkCutTally tally)
        implements Runnable {

    /** Cuts come up to this much later than the cloud's answer usually does: a few come after it. */
    private static final double BEYOND = 1.1;

    private static final int WARM_UP = 10;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @Override
    public void run() {
        Random random = new Random(seed);
        try (LinkEmulator way = LinkEmulator.start(
                        link, new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort), seed);
                HybridModel model = HybridModel.builder(bundle)
                        .cloud(URI.create("http://127.0.0.1:" + way.port()))
                        .cut(BaristaBundle.CUT)
                        .codec(codec)
                        .deadline(LinkCut.DEADLINE)
                        .sessionOptions(SessionOptions.DEFAULT.withSlowdown(LinkCut.SLOWDOWN))
                        .open()) {
            long usual = Long.MAX_VALUE;
            for (int i = 0; i < WARM_UP; i++) {
                usual = Math.min(usual, undisturbed(model, i));
            }
            for (int i = 0; i < predictions; i++) {
                undisturbed(model, i);
                one(model, way, random, (long) (BEYOND * usual), i);
            }
        }
    }

    /** Waits until items are sent again, makes a prediction with the link whole, and returns its nanoseconds. */
    private long undisturbed(HybridModel model, int index) {
        awaitCircuitClosed(model);
        long start = System.nanoTime();
        tally.undisturbed(model.predict(clips.get(index % clips.size())));
        return System.nanoTime() - start;
    }

    private void one(HybridModel model, LinkEmulator way, Random random, long latestCut, int index) {
        awaitCircuitClosed(model);
        int clip = random.nextInt(clips.size());
        long moment = (long) (random.nextDouble() * latestCut);
        boolean blackOut = index % 2 == 0;
        long start = System.nanoTime();
        CompletableFuture<Prediction> future = model.predictAsync(clips.get(clip));
        while (System.nanoTime() - start < moment) {
            LockSupport.parkNanos(moment - (System.nanoTime() - start));
        }
        if (blackOut) {
            way.cut();
        } else {
            way.sever();
        }
        Prediction prediction = future.join();
        long took = System.nanoTime() - start;
        way.restore();
        tally.add(prediction, own.get(clip), took, blackOut);
    }

    private static void awaitCircuitClosed(HybridModel model) {
        long start = System.nanoTime();
        while (model.blocked().isPresent()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new UnavailableException(
                        "circuit: open for a minute (expected: closed once the link is back): " + model.blocked());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
