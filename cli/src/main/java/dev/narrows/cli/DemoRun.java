package dev.narrows.cli;

import dev.narrows.device.HybridModel;
import dev.narrows.device.HybridModelBuilder;
import dev.narrows.device.Plan;
import dev.narrows.device.Prediction;
import dev.narrows.emulator.LinkEmulator;
import dev.narrows.engine.SessionOptions;
import dev.narrows.wire.Tier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs the clips through a device under one scenario after the other. */
final class DemoRun {

    /** Clips run before the clock counts, so that code is compiled and connections are open. */
    static final int WARM_UP = 12;

    private final Path bundle;
    private final List<DemoClips.Clip> clips;
    private final LinkEmulator link;
    private final double slowdown;
    private final int warmUp;
    private List<String> deviceLabels = List.of();

    DemoRun(Path bundle, List<DemoClips.Clip> clips, LinkEmulator link, double slowdown, int warmUp) {
        this.bundle = bundle;
        this.clips = clips;
        this.link = link;
        this.slowdown = slowdown;
        this.warmUp = warmUp;
    }

    /** Runs one scenario; {@code step} is called after each clip. */
    DemoResult run(DemoScenario scenario, Runnable step) {
        HybridModelBuilder builder = HybridModel.builder(bundle)
                .cut(scenario.cut())
                .codec(scenario.codec())
                .deadline(scenario.deadline())
                .sessionOptions(SessionOptions.DEFAULT.withSlowdown(slowdown));
        if (scenario.usesCloud()) {
            builder = builder.cloud(URI.create("http://127.0.0.1:" + link.port()));
        }
        try (HybridModel model = builder.open()) {
            for (int i = 0; i < warmUp; i++) {
                model.predict(clips.get(i % clips.size()).pcm());
            }
            List<Prediction> predictions = new ArrayList<>();
            int cutAt = scenario.linkCut() ? clips.size() / 2 : clips.size();
            for (int i = 0; i < clips.size(); i++) {
                if (i == cutAt) {
                    link.cut();
                }
                predictions.add(model.predict(clips.get(i).pcm()));
                step.run();
            }
            return result(scenario, choice(scenario, model.plan()), predictions, cutAt);
        } finally {
            link.restore();
        }
    }

    private static String choice(DemoScenario scenario, Plan plan) {
        return scenario.cut().equals("auto") ? plan.cut() + " " + plan.codec() : "";
    }

    private DemoResult result(DemoScenario scenario, String choice, List<Prediction> predictions, int cutAt) {
        List<String> labels = predictions.stream().map(Prediction::label).toList();
        if (!scenario.usesCloud()) {
            deviceLabels = labels;
        }
        int correct = 0;
        int asReference = 0;
        int lost = 0;
        int byCloud = 0;
        int offlineAnswered = 0;
        int late = 0;
        List<Double> totals = new ArrayList<>();
        for (int i = 0; i < predictions.size(); i++) {
            Prediction prediction = predictions.get(i);
            correct += labels.get(i).equals(clips.get(i).label()) ? 1 : 0;
            asReference += labels.get(i).equals(clips.get(i).reference()) ? 1 : 0;
            boolean asDevice = labels.get(i).equals(deviceLabels.get(i));
            boolean deviceRight = deviceLabels.get(i).equals(clips.get(i).label());
            lost += deviceRight && !asDevice ? 1 : 0;
            byCloud += prediction.answeredBy() == Tier.CLOUD ? 1 : 0;
            boolean inTime = prediction.timings().total().compareTo(scenario.deadline()) <= 0;
            late += inTime ? 0 : 1;
            offlineAnswered += i >= cutAt && prediction.answeredBy() == Tier.DEVICE && asDevice ? 1 : 0;
            totals.add(millis(prediction.timings().total()));
        }
        List<Prediction> sent =
                predictions.stream().filter(p -> p.wireBytesUp() > 0).toList();
        List<Prediction> cloudy =
                predictions.stream().filter(p -> p.answeredBy() == Tier.CLOUD).toList();
        return new DemoResult(
                scenario.name(),
                choice,
                predictions.size(),
                correct,
                asReference,
                lost,
                DemoResult.quantile(totals, 0.5),
                DemoResult.quantile(totals, 0.95),
                sent.stream().mapToLong(Prediction::codeBytesUp).average().orElse(0),
                sent.stream().mapToLong(Prediction::wireBytesUp).average().orElse(0),
                predictions.stream()
                        .mapToDouble(p ->
                                millis(p.timings().device().plus(p.timings().encode())))
                        .average()
                        .orElse(0),
                cloudy.stream()
                        .mapToDouble(p ->
                                millis(p.timings().cloudWait().minus(p.timings().server())))
                        .average()
                        .orElse(0),
                cloudy.stream()
                        .mapToDouble(p -> millis(p.timings().server()))
                        .average()
                        .orElse(0),
                byCloud,
                predictions.size() - byCloud,
                predictions.size() - cutAt,
                offlineAnswered,
                late);
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }
}
