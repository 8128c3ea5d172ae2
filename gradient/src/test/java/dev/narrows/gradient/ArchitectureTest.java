package dev.narrows.gradient;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The module's arrows. The other modules' are tested in cli, which must not need libtorch. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.narrows");

    @Test
    void gradient_knowsOnlyGraphAndEngine() {
        classes()
                .that()
                .resideInAPackage("dev.narrows.gradient..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.narrows.gradient..",
                        "dev.narrows.errors..",
                        "dev.narrows.graph..",
                        "dev.narrows.engine..",
                        "java..",
                        "org.bytedeco..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void others_doNotKnowTrain() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.narrows.gradient..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.narrows.gradient..", "org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void classes_neverPrint_andTellWhatIsNull() {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.narrows.gradient"));
        classes()
                .that()
                .resideInAPackage("dev.narrows.gradient..")
                .and()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith(NullMarked.class)
                .check(CLASSES);
    }
}
