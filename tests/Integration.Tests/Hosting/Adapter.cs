namespace ActorSockets.Integration.Tests.Hosting;

/// <summary>
/// Which upgrade adapter the gateways of this run have. The same tests run over both: <c>ACTORSOCKETS_TEST_ADAPTER=aspnet</c> is the
/// second run of <c>.ci/run</c>, anything else is what is delivered.
/// </summary>
internal static class Adapter
{
    public static bool IsLean { get; } = Environment.GetEnvironmentVariable("ACTORSOCKETS_TEST_ADAPTER") != "aspnet";
}
