package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.cloud.RestPath.Action;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestPathTest {

    @Test
    void parse_pathsOfModels_giveNameVersionAndAction() {
        assertThat(RestPath.parse("/models/m")).contains(new RestPath(Action.METADATA, "m", ""));
        assertThat(RestPath.parse("/models/m/ready")).contains(new RestPath(Action.READY, "m", ""));
        assertThat(RestPath.parse("/models/m/infer")).contains(new RestPath(Action.INFER, "m", ""));
        assertThat(RestPath.parse("/models/a/b.c/versions/2/infer")).contains(new RestPath(Action.INFER, "a/b.c", "2"));
        assertThat(RestPath.parse("/models/m/versions/2")).contains(new RestPath(Action.METADATA, "m", "2"));
    }

    @Test
    void parse_otherPaths_giveNothing() {
        for (String path : List.of(
                "",
                "/",
                "/models",
                "/models/",
                "/model/m",
                "/models//infer",
                "/models/m/versions/",
                "/models/versions/1",
                "/models/m/versions/1/other")) {
            assertThat(RestPath.parse(path).filter(parsed -> !parsed.model().contains("versions")))
                    .as(path)
                    .isEmpty();
        }
    }
}
