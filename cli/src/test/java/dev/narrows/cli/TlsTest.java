package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import dev.narrows.cloud.CloudServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that speaks https to a terminator before the server, as the README has it. */
class TlsTest {

    private static final Pattern ANSWERED_BY = Pattern.compile("\"answered_by\": ?\"(\\w+)\"");
    private static final String PASSWORD = "changeit";

    private static final Path BARISTA = Path.of(System.getProperty("narrows.root", ".."), "examples", "barista");

    @TempDir
    private Path directory;

    /** What a process said and how it ended. */
    private record Ended(int code, String out) {}

    private static Ended run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out);
    }

    /** A key and its own certificate for localhost, which a client has to be told to trust. */
    private Path keys() throws IOException, InterruptedException {
        Path keys = directory.resolve("keys.p12");
        Ended made = run(new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "localhost",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                PASSWORD));
        assertThat(made.code()).as(made.out()).isZero();
        return keys;
    }

    private static KeyManagerFactory managers(Path keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        return factory;
    }

    private Ended predict(Path bundle, int port, List<String> options) throws IOException, InterruptedException {
        return run(Cli.process(
                options,
                "run",
                bundle.toString(),
                "--cloud",
                "https://localhost:" + port,
                "--cut",
                "code",
                "--codec",
                "raw",
                "--deadline",
                "20s",
                "--json",
                "--input",
                firstClip().toString()));
    }

    private static Path firstClip() throws IOException {
        try (var clips = Files.list(BARISTA.resolve("clips"))) {
            return clips.sorted().findFirst().orElseThrow();
        }
    }

    @Test
    void run_cloudBehindTls_isAnsweredByItIfTrustedAndByTheDeviceIfNot() throws Exception {
        Path bundle = directory.resolve("barista.narrows");
        Cli.Result packed = Cli.run(
                "pack",
                BARISTA.resolve("first/barista.onnx").toString(),
                "--at",
                "code",
                "--preprocess",
                "audio",
                "-o",
                bundle.toString());
        assertThat(packed.code()).as(packed.err()).isZero();
        Path keys = keys();
        Set<SessionProtocol> spoken = ConcurrentHashMap.newKeySet();
        try (CloudServer cloud = CloudServer.builder(bundle)
                .host("127.0.0.1")
                .port(0)
                .warmUpRequests(3)
                .start()) {
            WebClient inside = WebClient.of("http://127.0.0.1:" + cloud.port());
            Server terminator = Server.builder()
                    .https(0)
                    .tls(managers(keys))
                    .serviceUnder("/", (context, request) -> {
                        spoken.add(context.sessionProtocol());
                        return inside.execute(request);
                    })
                    .build();
            terminator.start().join();
            try {
                int port = terminator.activeLocalPort(SessionProtocol.HTTPS);
                Ended trusted = predict(
                        bundle,
                        port,
                        List.of(
                                "-Djavax.net.ssl.trustStore=" + keys,
                                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                                "-Djavax.net.ssl.trustStoreType=PKCS12"));
                assertThat(answeredBy(trusted)).as(trusted.out()).isEqualTo("cloud");
                assertThat(spoken).containsExactly(SessionProtocol.H2);

                Ended stranger = predict(bundle, port, List.of());
                assertThat(answeredBy(stranger)).as(stranger.out()).isEqualTo("device");
            } finally {
                terminator.stop().join();
            }
        }
    }

    private static String answeredBy(Ended ended) {
        Matcher matcher = ANSWERED_BY.matcher(ended.out());
        assertThat(matcher.find()).as(ended.out()).isTrue();
        return matcher.group(1);
    }
}
