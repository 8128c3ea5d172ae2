package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.cloud.CloudServer;
import dev.narrows.cloud.ModelState;
import dev.narrows.engine.SessionOptions;
import dev.narrows.errors.InvalidException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code narrows serve}. */
@Command(
        name = "serve",
        description = {
            "Serve bundles and ONNX files: the Open Inference Protocol v2, gRPC and REST on one port.",
            "",
            "Requests may enter a bundle at any of its cuts, with any of its codecs. SIGTERM (or Ctrl-C) drains: what "
                    + "runs is answered, new requests are refused, then the process ends with exit code 143 (or 130)."
        },
        footer = {
            "  narrows serve models/ --port 8700",
            "  narrows serve barista.narrows resnet.onnx --host 127.0.0.1 --threads 2",
            "  curl http://localhost:8700/v2/health/ready"
        })
final class ServeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private NarrowsCommand narrows;

    @Parameters(
            arity = "1..*",
            paramLabel = "DIR|FILE",
            description = "Bundles, ONNX files, or directories that hold them.")
    @SuppressWarnings("NullAway.Init")
    private List<Path> models;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8700",
            description = "The port; 0 is any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "",
            description = "The address to listen on (default: every address of this machine).")
    private String host = "";

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that one run may use inside an operator (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "How long ending waits for requests under way (default: ${DEFAULT-VALUE}).")
    private Duration drain = Duration.ofSeconds(10);

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "200",
            description = "Requests to each model over each transport before it says that it is ready (default: "
                    + "${DEFAULT-VALUE}).")
    private int warmUp;

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        for (Path model : models) {
            if (!Files.exists(model)) {
                throw new InvalidException("no such file or directory: \"" + model + "\"");
            }
        }
        CloudServer server = terminal.waiting(
                "loading and warming up",
                () -> CloudServer.builder(models.toArray(Path[]::new))
                        .host(host)
                        .port(port)
                        .session(SessionOptions.DEFAULT.withThreads(threads))
                        .drainTime(drain)
                        .warmUpRequests(warmUp)
                        .start());
        Thread hook = new Thread(server::close, "drain");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            announce(server);
            // The process ends by a signal, which runs the hook; whoever embeds the command interrupts it.
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Runtime.getRuntime().removeShutdownHook(hook);
        } finally {
            server.close();
        }
        return 0;
    }

    private void announce(CloudServer server) {
        String address = "http://" + (host.isEmpty() ? "localhost" : host.contains(":") ? "[" + host + "]" : host) + ":"
                + server.port();
        if (narrows.json()) {
            JsonObject json = new JsonObject();
            json.addProperty("event", "ready");
            json.addProperty("port", server.port());
            json.addProperty("address", address);
            JsonArray array = new JsonArray();
            for (ModelState model : server.models()) {
                JsonObject entry = new JsonObject();
                entry.addProperty("name", model.name());
                entry.addProperty("path", model.path().toString());
                entry.addProperty("ready", model.ready());
                model.reason().ifPresent(reason -> entry.addProperty("reason", reason));
                array.add(entry);
            }
            json.add("models", array);
            terminal.out().println(JsonOutput.line(json));
        } else {
            Table table = new Table("model", "state", "file");
            for (ModelState model : server.models()) {
                table.row(
                        model.name(),
                        model.ready() ? "ready" : "not ready",
                        model.path().toString());
            }
            table.print(terminal.out());
            for (ModelState model : server.models()) {
                model.reason().ifPresent(reason -> terminal.out().println("note: \"" + model.name() + "\": " + reason));
            }
            terminal.out().println("serving on " + address + " (gRPC and REST); Ctrl-C ends it");
        }
        terminal.flush();
    }
}
