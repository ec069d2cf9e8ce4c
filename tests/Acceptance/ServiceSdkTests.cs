namespace ActorSockets.Acceptance;

/// <summary>The official JavaScript service SDK, which applications use to send and to manage.</summary>
public sealed class ServiceSdkTests
{
    [SkippableFact]
    public Task The_service_SDK_finds_everything_as_it_expects() => NodeScript.PassesAsync("service-sdk.test.mjs");
}
