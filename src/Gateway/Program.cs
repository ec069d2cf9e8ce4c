using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.Gateway;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.Services.AddActorSockets(builder.Configuration, sockets => sockets.OwnsKestrel = true);

    var app = builder.Build();
    app.MapActorSockets();
    app.PrintAddressesWhenStarted();
    app.EndAtOnceOnSecondSignal();

    await app.RunAsync();
    return ExitCodes.AfterStop(app.Services.GetRequiredService<StopReport>());
}
catch (ConfigurationFaultException faults)
{
    return ExitCodes.BecauseOf(faults);
}
