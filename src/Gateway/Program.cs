using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.Gateway;
using ActorSockets.Gateway.Commands;
using Microsoft.AspNetCore.Connections;

if (CommandLine.IsMeant(args)) return await CommandLine.RunAsync(args);

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddDevelopmentKey();
    builder.Host.UseSystemd();
    builder.Services.AddActorSockets(builder.Configuration, sockets => sockets.OwnsKestrel = true);

    var app = builder.Build();
    app.MapActorSockets();
    app.PrintAddressesWhenStarted();
    app.EndAtOnceOnSecondSignal();
    app.TellSystemd();

    // Taken out now: the services are gone when the run is over.
    var report = app.Services.GetRequiredService<StopReport>();
    await app.RunAsync();
    return ExitCodes.AfterStop(report);
}
catch (ConfigurationFaultException faults)
{
    return ExitCodes.BecauseOf(faults);
}
catch (InvalidDataException unreadable)
{
    return ExitCodes.BecauseOf(unreadable);
}
catch (IOException taken) when (taken.InnerException is AddressInUseException)
{
    return ExitCodes.BecauseOf(taken);
}
